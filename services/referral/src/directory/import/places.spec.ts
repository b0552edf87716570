import { municipalityOf, parseGeo, parsePlace } from './places';

describe('addresses', () => {
  it.each([
    ['つむぎ市みどり町一丁目3-1　つむぎビル8階', null, 'つむぎ市'],
    ['〒999-0001 ひかり県つむぎ市栄町2', 'ひかり県', 'つむぎ市'],
    ['四日市市諏訪町1-5', null, '四日市市'],
    ['東京都武蔵村山市本町1-1', '東京都', '武蔵村山市'],
    ['京都府京都市中京区1', '京都府', '京都市'],
    ['ひかり県みどり郡あさひ町1', 'ひかり県', 'あさひ町'],
    ['瓦町FLAG 8階', null, null],
    ['市民会館', null, null],
  ])('%s', (text, prefecture, municipality) => {
    const { address } = parsePlace({ text });
    expect([address?.text, address?.prefecture, address?.municipality]).toEqual([text, prefecture, municipality]);
  });
  it('name the ward of a big city too', () =>
    expect(parsePlace({ text: '京都市中京区1' }).areas).toEqual(['京都市', '京都市中京区']));
  it('are put together from their columns', () =>
    expect(
      parsePlace({ prefecture: 'ひかり県', municipality: 'つむぎ市', parts: ['栄町', '2-1'], building: '2F' }).address
        ?.text,
    ).toBe('ひかり県つむぎ市栄町2-1　2F'));
  it('have a postcode', () =>
    expect(parsePlace({ text: '〒９９９－０００１ つむぎ市' }).address?.postalCode).toBe('999-0001'));
});

describe('the municipality of a file', () => {
  it('is the one most rows name', () =>
    expect(municipalityOf(['つむぎ市1', 'つむぎ市2', 'となり市1'])).toBe('つむぎ市'));
  it('may be a town that every address begins with', () =>
    expect(municipalityOf(['あさひ町1', 'あさひ町2', 'あさひ町3'])).toBe('あさひ町'));
  it('is unknown when nothing names it', () => expect(municipalityOf(['瓦町FLAG'], ['市民会館'])).toBeNull());
});

describe('coordinates', () => {
  it('are degrees', () => expect(parseGeo('３４．３', '134.05')).toEqual({ latitude: 34.3, longitude: 134.05 }));
  it.each([
    ['100', '101'],
    ['0', '0'],
    ['-', '134'],
    [null, null],
  ])('elsewhere than on Earth are none: %s, %s', (latitude, longitude) =>
    expect(parseGeo(latitude, longitude)).toBeNull(),
  );
});
