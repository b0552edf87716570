import { kafkaIsOffered } from '@tsunagu/testing';
import { type Product, removeData, startProduct } from '../support/product';
import { printing } from './narrator';
import { playStory } from './story';

const INSTANCES = 2;

/** As `start:apart` says them: the processes of every service. */
const processesIn = (output: string): readonly (readonly number[])[] =>
  [...output.matchAll(/ is processes ([\d, ]+)/g)].map(([, pids = '']) => pids.split(',').map(Number));

(kafkaIsOffered({ own: true }) ? describe : describe.skip)('two processes of every service, on Kafka', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ as: 'npm run start:apart', parameters: [`--instances=${INSTANCES}`] });
  }, 180_000);
  afterAll(async () => {
    await product.stop();
    await removeData(product.data);
  });

  const play = async (): Promise<void> => {
    const narrator = printing(() => undefined);
    await playStory(product.url, product.token, narrator);
    expect(narrator.steps()).toBeGreaterThanOrEqual(20);
  };

  it('the same journey, unchanged', play, 120_000);

  it('and again after one process of every service was killed: the other takes over', async () => {
    const processes = processesIn(product.output());
    expect(processes.map(({ length }) => length)).toEqual(Array(6).fill(INSTANCES));
    processes.forEach(([first]) => first !== undefined && process.kill(first, 'SIGKILL'));
    await play();
  }, 120_000);
});
