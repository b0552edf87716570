import type { ImportedService } from '@tsunagu/contracts';
import { columnsOf } from './columns';
import { readRecords, tableOf } from './csv';
import { readMunicipal } from './municipal';

function read(csv: string, dataset = 'places') {
  const table = tableOf(readRecords(csv), 0);
  const columns = columnsOf(table.header);
  if (!columns) throw new Error('layout not recognised');
  return readMunicipal({ file: `${dataset}.csv`, dataset, folder: 'town' }, columns, table);
}
const services = (csv: string, dataset?: string) =>
  read(csv, dataset).entries.flatMap(({ record }): ImportedService[] => (record.type === 'service' ? [record] : []));

const STANDARD = `全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,所在地_連結表記,建物名等(方書),緯度,経度,電話番号,内線番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,URL,バリアフリー情報
999999,0001,ひかり県つむぎ市,つむぎ児童館,ツムギジドウカン,ひかり県つむぎ市栄町1-1,2階,35.1,135.2,099-000-0001,12,NPO法人ひだまり,月火水木金,9:00,17:00,祝日は休館,https://tsumugi.example.jp/,スロープあり`;

describe('the standard layout', () => {
  const [service] = services(STANDARD);
  it('becomes a directory entry', () =>
    expect(service).toMatchObject({
      profile: {
        name: 'つむぎ児童館',
        kana: 'ツムギジドウカン',
        kind: 'venue',
        needs: ['child-rearing', 'place-to-belong'],
        address: { text: 'ひかり県つむぎ市栄町1-1　2階' },
        phones: [{ number: '099-000-0001', extension: '12' }],
        schedule: { holidays: 'closed', conditions: [] },
        attributes: { バリアフリー情報: 'スロープあり', 全国地方公共団体コード: '999999', ID: '0001' },
      },
      modes: ['venue'],
    }));
  it('is known by its own ID, whatever its name becomes', () =>
    expect(services(STANDARD.replace('つむぎ児童館', 'つむぎこども館'))[0]?.id).toBe(service?.id));
  it('belongs to the organisation that it names', () =>
    expect(read(STANDARD).entries.map(({ record }) => record.type === 'organisation' && record.profile)).toContainEqual(
      {
        name: 'NPO法人ひだまり',
        sector: 'npo',
      },
    ));
});

const LOOSE = `#property,latitude,longitude,name,address,telephoneNumber,service,capacity
1,35.1,135.2,みどり荘,つむぎ市1,,認知症対応型共同生活介護,18
2,100,200,あおば館,つむぎ市2,呼出,,大会議室：40名
3,35.1,135.2,みどり荘,つむぎ市9,,,
4,35.1,135.2,みどり荘,つむぎ市1,,認知症対応型共同生活介護,18
5,,,,つむぎ市3,,,`;

describe('a loose layout', () => {
  const [midori, aoba, otherMidori] = services(LOOSE);
  it('gives needs only by the table of kinds', () => {
    expect(midori?.profile.needs).toEqual(['dementia', 'care-of-family']);
    expect(aoba?.profile.needs).toEqual([]);
  });
  it('keeps what does not fit a field', () =>
    expect(aoba?.profile.attributes).toEqual({
      latitude: '100',
      longitude: '200',
      telephoneNumber: '呼出',
      capacity: '大会議室：40名',
    }));
  it('tells places of the same name apart', () => expect(otherMidori?.id).not.toBe(midori?.id));
  it('lists the rows it refuses', () =>
    expect(read(LOOSE).refused.map(({ line, code }) => `${line} ${code}`)).toEqual(['5 duplicate-row', '6 no-name']));
  it('does not mind rows inserted above', () => {
    const longer = LOOSE.replace('1,35.1', '9,35.3,135.3,新しい館,つむぎ市7,,,\n1,35.1');
    expect(services(longer).map(({ id }) => id)).toEqual(expect.arrayContaining([midori?.id, aoba?.id]));
  });
  it('keeps its entries when other cells change', () => {
    const changed = services(LOOSE.replace('呼出', '099-000-0009'))[1];
    expect(changed?.id).toBe(aoba?.id);
    expect(changed?.profile.phones).toHaveLength(1);
  });
});

describe('events', () => {
  const [concert] = services(`№,開催日,開始時間,終了時間,行事名,場所名称,説明,料金,定員,問い合わせ先,TEL
1,8月23日（日）,13:30,15:00,夕べの会,つむぎ市公民館,歌,無料,先着15人,生涯学習課,099-000-0001（099-000-0002）
2,随時,-,-,出前講座,-,話,-,-,市民課,099-000-0003`);
  it('are activities on their dates', () =>
    expect(concert).toMatchObject({
      capacityTotal: 15,
      profile: {
        kind: 'activity',
        areas: ['つむぎ市'],
        fees: '無料',
        schedule: { dates: [{ from: '--08-23', opens: '13:30' }] },
      },
    }));
  it('keep who to ask', () =>
    expect(concert?.profile.attributes).toEqual({ 定員: '先着15人', 問い合わせ先: '生涯学習課' }));
  it('may have no place', () => {
    const [, talk] = services(
      `開催日,行事名,場所名称,TEL\n9月1日,歌の会,つむぎ市公民館,\n随時,出前講座,-,099-000-0003`,
    );
    expect(talk).toMatchObject({
      modes: [],
      profile: { address: null, schedule: { dates: [], conditions: ['随時'] } },
    });
  });
});
