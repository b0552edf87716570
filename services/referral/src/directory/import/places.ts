import type { Address } from '@tsunagu/contracts';
import { plain } from './text';

/** Municipalities whose names hold a 市, 区, 町 or 村 of their own, which the general rule would cut short. */
const AWKWARD = [
  '四日市市',
  '廿日市市',
  '野々市市',
  '十日町市',
  '大町市',
  '東村山市',
  '武蔵村山市',
  '羽村市',
  '田村市',
  '大村市',
  '村上市',
  '村山市',
  '町田市',
  '市川市',
  '市原市',
  '八日市場市',
  '東市来町',
  '余市町',
  '大町町',
  '玉村町',
  '上市町',
  '下市町',
  '古市町',
  '高市郡',
];
const PREFECTURE = /^(?:東京都|北海道|(?:京都|大阪)府|[^\s\d]{2,3}県)/;
const COUNTY = /^[^\s\d市区町村]{1,5}郡/;
const MUNICIPALITY = new RegExp(`^(?:${AWKWARD.join('|')}|[^\\s\\d]{1,7}?[市区町村])`);
const WARD = /^[^\s\d市町村]{1,4}区/;
const POSTCODE = /^〒? ?(\d{3})-?(\d{4})(?!\d)\s*/;

export interface PlaceCells {
  readonly text?: string | null | undefined;
  readonly postalCode?: string | null | undefined;
  readonly prefecture?: string | null | undefined;
  readonly municipality?: string | null | undefined;
  /** Written behind the rest when the layout splits an address: 町字, 番地以下. */
  readonly parts?: readonly (string | null | undefined)[] | undefined;
  readonly building?: string | null | undefined;
  /** The municipality that the file speaks of. */
  readonly known?: string | null | undefined;
}

export interface Place {
  readonly address: Address | null;
  /** 高松市; 札幌市 and 札幌市中央区. */
  readonly areas: readonly string[];
}

/** The address as typed, with what can be read from it. Columns win over reading. */
export function parsePlace(cells: PlaceCells): Place {
  const joined = [cells.prefecture, cells.municipality, ...(cells.parts ?? [])].filter(Boolean).join('');
  const text = [cells.text ?? joined, cells.building].filter((part) => part && part.trim()).join('　');
  const read = readAddress(cells.text ?? joined, cells.known);
  const municipality = cells.municipality ?? read.municipality;
  const areas = municipality === null ? [] : [municipality, ...(read.ward ? [`${municipality}${read.ward}`] : [])];
  if (text === '') return { address: null, areas };
  return {
    address: {
      text,
      postalCode: postcode(cells.postalCode) ?? read.postalCode,
      prefecture: cells.prefecture ?? read.prefecture,
      municipality,
    },
    areas,
  };
}

const postcode = (typed: string | null | undefined): string | null => {
  const found = POSTCODE.exec(plain(typed ?? ''));
  return found ? `${found[1]}-${found[2]}` : null;
};

interface Read {
  readonly postalCode: string | null;
  readonly prefecture: string | null;
  readonly municipality: string | null;
  readonly ward: string | null;
}

/**
 * A 町 or 村 is a municipality where its prefecture or county is written before it, or where it is `known` to be the one
 * that the file speaks of; otherwise it is a neighbourhood of some city (瓦町).
 */
function readAddress(typed: string, known: string | null = null): Read {
  let left = plain(typed);
  const take = (pattern: RegExp): string | null => {
    const found = pattern.exec(left)?.[0] ?? null;
    if (found !== null) left = left.slice(found.length).trim();
    return found;
  };
  const postalCode = postcode(left);
  take(POSTCODE);
  const prefecture = take(PREFECTURE);
  const county = take(COUNTY);
  const found = known !== null && left.startsWith(known) ? known : (MUNICIPALITY.exec(left)?.[0] ?? null);
  const certain =
    found !== null && (found === known || /[市区]$/.test(found) || prefecture !== null || county !== null);
  const municipality = certain ? found : null;
  left = left.slice(municipality?.length ?? 0);
  const ward = municipality?.endsWith('市') ? take(WARD) : null;
  return { postalCode, prefecture, municipality, ward };
}

/** A town's own file need not write its prefecture: so many addresses that all begin with it are proof enough. */
const ENOUGH = 3;

/** The municipality that a file speaks of: the one that most of these texts begin with. Null when none is named. */
export function municipalityOf(addresses: readonly string[], otherTexts: readonly string[] = []): string | null {
  const named = [...addresses, ...otherTexts].flatMap((text) => readAddress(text).municipality ?? []);
  const most = mostFrequent(named);
  if (most !== null) return most;
  const towns = addresses.flatMap((text) => MUNICIPALITY.exec(plain(text))?.[0] ?? []);
  return towns.length >= ENOUGH && towns.length === addresses.length && new Set(towns).size === 1
    ? (towns[0] ?? null)
    : null;
}

function mostFrequent(names: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

/** Degrees, or null where the cells are empty, not numbers, or nowhere on Earth (0,0 is a forgotten default). */
export function parseGeo(
  latitude: string | null,
  longitude: string | null,
): { latitude: number; longitude: number } | null {
  if (latitude === null || longitude === null) return null;
  const [lat, lon] = [Number(plain(latitude)), Number(plain(longitude))];
  if (!Number.isFinite(lat) || !Number.isFinite(lon) || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return lat === 0 && lon === 0 ? null : { latitude: lat, longitude: lon };
}
