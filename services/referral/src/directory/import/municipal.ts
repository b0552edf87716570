import type { ImportedOrganisation, ImportedService, ServiceProfile } from '@tsunagu/contracts';
import { uuidFrom } from '@tsunagu/platform';
import type { Columns, Field } from './columns';
import type { CsvRow, Table } from './csv';
import { parseEventHours } from './event-hours';
import { parseHours } from './hours';
import { facilityKindOf, languagesOf, modesOf, sectorOf } from './kinds';
import { parsePhones } from './phones';
import { municipalityOf, parseGeo, parsePlace } from './places';
import type { Entry, Reading, Refused } from './reading';
import { cell, plain, squashed } from './text';

export interface MunicipalFile {
  /** As the report names it. */
  readonly file: string;
  /** Base name without extension and date: names the data set from year to year. */
  readonly dataset: string;
  /** Stands for the municipality where the rows name none. */
  readonly folder: string;
}

interface Row {
  readonly line: number;
  readonly cells: Readonly<Partial<Record<Field, string>>>;
  /** Columns that no field stands for, with their headers. */
  readonly others: Readonly<Record<string, string>>;
  /** Header of a field's column, for what must be kept as it was typed. */
  readonly headers: Readonly<Partial<Record<Field, string>>>;
}

/** A municipal list of facilities or events as directory records. */
export function readMunicipal(source: MunicipalFile, { layout, fields }: Columns, table: Table): Reading {
  const rows = table.rows.map((row) => rowOf(row, fields, table.header));
  const municipality = municipalityOf(
    rows.flatMap(({ cells }) => cells.municipality ?? cells.address ?? []),
    rows.flatMap(({ cells, others }) => [...(cells.placeName ? [cells.placeName] : []), ...Object.values(others)]),
  );
  const publisher = organisationNamed(municipality ?? source.folder, 'public');
  const identity = `${municipality ?? source.folder}/${source.dataset}`;
  const refused: Refused[] = table.misshapen.map((row) => ({ ...row, file: source.file, code: 'misshapen-row' }));
  const entries: Entry[] = [{ record: publisher, origins: [] }];
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const origin = { file: source.file, line: row.line };
    const key = keyOf(row, seen);
    if (typeof key !== 'string') {
      refused.push({ ...origin, ...key });
      continue;
    }
    seen.set(key, row);
    const operator = row.cells.operator
      ? organisationNamed(oneLine(row.cells.operator), sectorOf(row.cells.operator))
      : null;
    if (operator) entries.push({ record: operator, origins: [origin] });
    const organisation = operator ?? publisher;
    entries.push({
      record: serviceOf(row, { layout, identity, key, municipality, organisation, dataset: source.dataset }),
      origins: [origin],
    });
  }
  return { layout, entries, refused };
}

function rowOf({ line, cells }: CsvRow, fields: readonly (Field | null)[], header: readonly string[]): Row {
  const known: Partial<Record<Field, string>> = {};
  const headers: Partial<Record<Field, string>> = {};
  const others: Record<string, string> = {};
  header.forEach((name, n) => {
    const value = cell(cells[n]);
    const field = fields[n] ?? null;
    if (field) headers[field] = name;
    if (value === null) return;
    if (field) known[field] = value;
    else others[name in others || name === '' ? `${name}#${n + 1}` : name] = value;
  });
  return { line, cells: known, others, headers };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function organisationNamed(typed: string, sector: ImportedOrganisation['profile']['sector']): ImportedOrganisation {
  const name = oneLine(typed);
  const id = uuidFrom('directory', 'organisation', squashed(name));
  return { type: 'organisation', id, source: name, profile: { name, sector } };
}

/**
 * What a row is known by from one edition of the file to the next. An ID counts only beside the municipality code, where
 * the standard layout promises that it stays; a bare running number moves with every row inserted above it.
 */
function keyOf(row: Row, seen: ReadonlyMap<string, Row>): string | { code: string; reason: string } {
  const { cells } = row;
  const name = cells.name ?? cells.eventName;
  if (name === undefined) return { code: 'no-name', reason: 'The row names no place, service or event.' };
  const twin = [...seen.values()].find((other) => sameCells(row, other));
  if (twin) return { code: 'duplicate-row', reason: `The row says the same as line ${twin.line}.` };
  if (cells.municipalityCode && cells.id && !seen.has(`${cells.municipalityCode}:${cells.id}`))
    return `${cells.municipalityCode}:${cells.id}`;
  const where = cells.address ?? cells.placeName ?? '';
  const when = cells.dates ?? cells.firstDate ?? '';
  const ways = [
    [name, cells.municipality ?? ''],
    [name, where],
    [name, where, when],
    [name, where, when, String(seen.size)],
  ];
  const keys = ways.map((parts) => parts.map(squashed).join('|'));
  return keys.find((key) => !seen.has(key)) ?? keys.join('|');
}

/** Apart from its running number. */
const sameCells = (one: Row, other: Row): boolean => {
  const content = ({ cells: { id: _, ...cells }, others }: Row): string => JSON.stringify([cells, others]);
  return content(one) === content(other);
};

interface Surroundings {
  readonly layout: Columns['layout'];
  readonly identity: string;
  readonly dataset: string;
  readonly key: string;
  readonly municipality: string | null;
  readonly organisation: ImportedOrganisation;
}

function serviceOf(
  row: Row,
  { layout, identity, dataset, key, municipality, organisation }: Surroundings,
): ImportedService {
  const { cells } = row;
  const name = oneLine(cells.name ?? cells.eventName ?? '');
  const place = placeOf(row, municipality);
  const seats = seatsOf(cells.capacity);
  const read = readCells(row);
  const facility = facilityKindOf(cells.facilityKind ?? null, name, dataset);
  const what =
    layout === 'municipal-events'
      ? { kind: 'activity' as const, needs: [], schedule: eventHours(row) }
      : { kind: facility.kind, needs: [...facility.needs], schedule: facilityHours(row) };
  const { phones, ...told } = read;
  const hasPlace = place.address !== null || read.geo !== null;
  return {
    type: 'service',
    id: uuidFrom('directory', 'service', identity, key),
    source: `${identity}#${key}`.slice(0, 300),
    profile: {
      organisationId: organisation.id,
      name,
      ...what,
      ...told,
      ...place,
      phones: phones.phones,
      attributes: attributesOf(row, read, seats.exact),
    },
    modes: modesOf(hasPlace, [name, cells.facilityKind ?? null, cells.capacity ?? null]),
    ...(seats.total === null ? {} : { capacityTotal: seats.total }),
  };
}

const readCells = (row: Row) => ({
  kana: row.cells.kana ? oneLine(row.cells.kana) : null,
  description: row.cells.description ?? null,
  fees: row.cells.fees ?? null,
  eligibility: row.cells.eligibility ?? null,
  url: webAddress(row.cells.url),
  email: mailAddress(row.cells.email),
  languages: languagesOf(row.cells.languages ?? null),
  geo: parseGeo(row.cells.latitude ?? null, row.cells.longitude ?? null),
  phones: phonesOf(row),
});

/** Unknown columns, and known ones whose cells say more than a field can hold. */
function attributesOf(row: Row, read: ReturnType<typeof readCells>, seatsAreExact: boolean): Record<string, string> {
  const { cells } = row;
  const unread: readonly (readonly [boolean, readonly Field[]])[] = [
    [true, ['note', 'facilityKind', 'municipalityCode']],
    [cells.municipalityCode !== undefined, ['id']],
    [cells.address !== undefined, ['placeName']],
    [!seatsAreExact, ['capacity']],
    [read.phones.rest !== null, ['phone', 'fax']],
    [read.geo === null, ['latitude', 'longitude']],
    [read.languages.length === 0, ['languages']],
    [read.url === null, ['url']],
    [read.email === null, ['email']],
  ];
  return {
    ...kept(
      row,
      unread.flatMap(([isUnread, fields]) => (isUnread ? fields : [])),
    ),
    ...row.others,
  };
}

function placeOf({ cells }: Row, municipality: string | null): Pick<ServiceProfile, 'address' | 'areas'> {
  const { address, areas } = parsePlace({
    text: cells.address ?? (cells.lot ? null : cells.placeName),
    postalCode: cells.postalCode,
    prefecture: cells.prefecture,
    municipality: cells.municipality,
    parts: [cells.town, cells.lot],
    building: cells.building,
    known: municipality,
  });
  return { address, areas: areas.length > 0 || municipality === null ? [...areas] : [municipality] };
}

function phonesOf({ cells }: Row) {
  const voice = parsePhones(cells.phone ?? null);
  const fax = parsePhones(cells.fax ?? null);
  const phones = voice.phones.map((phone, n) =>
    n === 0 && cells.extension ? { ...phone, extension: plain(cells.extension) } : phone,
  );
  return {
    phones: [...phones, ...fax.phones.map((phone) => ({ ...phone, kind: 'fax' as const }))],
    rest: voice.rest ?? fax.rest,
  };
}

const headed = ({ cells, headers }: Row, field: Field): string | null =>
  cells[field] ? `${headers[field]}：${cells[field]}` : null;

const facilityHours = (row: Row) => {
  const { days, opens, closes, hoursNote, hours } = row.cells;
  return parseHours({ days, opens, closes, notes: [hours, hoursNote, headed(row, 'closedDays')] });
};

const eventHours = ({ cells }: Row) => {
  const { dates, firstDate, lastDate, opens, closes, hoursNote, hours, days } = cells;
  return parseEventHours({ dates, firstDate, lastDate, opens, closes, notes: [days, hours, hoursNote] });
};

const SEATS = /^(?:(?:申込|当日)?先着(?:順)?)?\s*(\d{1,6})\s*(?:人|名|席|床)?$/;

/** `exact`: the number says all that the cell says. */
function seatsOf(typed: string | undefined): { total: number | null; exact: boolean } {
  const text = plain(typed ?? '');
  const found = SEATS.exec(text)?.[1];
  return { total: found === undefined ? null : Number(found), exact: found === text || text === '' };
}

const kept = ({ cells, headers }: Row, fields: readonly Field[]): Record<string, string> =>
  Object.fromEntries(fields.flatMap((field) => (cells[field] ? [[headers[field] ?? field, cells[field]]] : [])));

const webAddress = (typed: string | undefined): string | null => {
  const address = (typed ?? '').normalize('NFKC').trim();
  return /^https?:\/\/[^\s<>"]+$/i.test(address) ? address : null;
};

const mailAddress = (typed: string | undefined): string | null => {
  const address = (typed ?? '').normalize('NFKC').trim();
  return /^[^\s@<>]+@[^\s@<>]+$/.test(address) ? address : null;
};
