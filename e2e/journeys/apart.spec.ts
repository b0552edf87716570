import { kafkaIsOffered } from '@tsunagu/testing';
import { type Product, removeData, startProduct } from '../support/product';
import { printing } from './narrator';
import { playStory } from './story';

(kafkaIsOffered({ own: true }) ? describe : describe.skip)('every service in a process of its own, on Kafka', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ as: 'npm run start:apart' });
  }, 180_000);
  afterAll(async () => {
    await product.stop();
    await removeData(product.data);
  });

  it('the same journey, unchanged', async () => {
    const narrator = printing(() => undefined);
    await playStory(product.url, product.token, narrator);
    expect(narrator.steps()).toBeGreaterThanOrEqual(20);
  }, 120_000);
});
