// Step 3: a SIRET that is none, and establishments that the register has something to say about.
import { expect, test } from '../harness/test.js';
import { ESTABLISHMENTS, newcomer, printed } from '../harness/people.js';

test.beforeEach(async ({ steps }) => {
  await steps.start(newcomer());
  await steps.chooseTopics();
  await steps.at('portal-establishment-title');
});

const NONE = [
  ['', 'fault-required'],
  ['130025265', 'fault-siret-siren-typed'],
  ['1300252650001', 'fault-siret-length'],
  ['130025265000134', 'fault-siret-length'],
  ['130 025 265 00014', 'fault-siret-checksum'],
  ['00000000000000', 'fault-siret-all-zero'],
  ['FR 130 025 265 00013', undefined],
];

test('what is no SIRET is refused with what would be one', async ({ steps, say, look }) => {
  for (const [typed, fault] of NONE) {
    await test.step(JSON.stringify(typed), async () => {
      await steps.field('siret').fill(typed);
      await steps.next();
      await steps.refused('siret');
      if (fault && fault !== 'fault-required') await steps.says('siret', say(fault));
      await expect(steps.field('siret')).toHaveValue(typed);
    });
  }
  await look('establishment-no-siret');
});

test('a closed establishment is named with its successor', async ({ page, steps, look }) => {
  const { siret, successor } = ESTABLISHMENTS.succeeded;
  await steps.giveSiret(siret);
  await steps.refused('siret');
  await expect(page.locator('[id="siret-fault"]')).toContainText(printed(successor));
  await look('establishment-succeeded');
  await page.getByRole('button', { name: printed(successor) }).click();
  await steps.at('portal-agreement-title');
});

test('a closed establishment is named with its date', async ({ steps, look }) => {
  await steps.giveSiret(ESTABLISHMENTS.closed.siret);
  await steps.refused('siret');
  await steps.says('siret', '2024');
  await look('establishment-closed');
});

test('an establishment that no register knows is refused', async ({ steps, look }) => {
  await steps.giveSiret(ESTABLISHMENTS.notFound.siret);
  await steps.refused('siret');
  await look('establishment-not-found');
});

test('a register that does not answer holds nobody up', async ({ page, steps, say, look }) => {
  await steps.giveSiret(ESTABLISHMENTS.pending.siret);
  await steps.at('portal-agreement-title');
  const reason = say('portal-agreement-pending', { siret: '' }).split('. ').at(-1);
  await expect(page.locator('main')).toContainText(reason);
  await look('agreement-pending');
});
