import { type Product, removeData, startProduct } from '../support/product';
import { printing } from './narrator';
import { playStory } from './story';

describe('the main job, end to end, on the embedded default', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  }, 120_000);
  afterAll(async () => {
    await product.stop();
    await removeData(product.data);
  });

  it('one journey, from a night without a name to its erased traces', async () => {
    const lines: string[] = [];
    const narrator = printing((line) => lines.push(line));
    await playStory(product.url, product.token, narrator);
    expect(narrator.steps()).toBeGreaterThanOrEqual(20);
  }, 120_000);
});
