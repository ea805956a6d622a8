// What the tool itself may refuse, what Lupa does about it, and the test that shows it: `file: the beginning of its name`.

export type Refusal = { refusal: string; does: string; tests: string[] }

export const refusals: Refusal[] = [
  {
    refusal: 'The plan allows no further audience',
    does: 'Nobody is disclosed. While an empty audience of ours is still to be deleted the campaign waits (`audience-slot`) and goes on when that has gone; else it halts, with a hint at the plan.',
    tests: [
      'test/story/weekly-campaigns-with-three-audiences.test.ts: a fourth campaign in one week waits',
      'test/faults/refusals.test.ts: a plan without room for an audience halts the campaign',
    ],
  },
  {
    refusal: 'Deletion of one person',
    does: 'Everybody else leaves. The one is asked for again until the tool lets go; it is not called withdrawn before, their feedback stays readable, and the deadline’s alarm stands.',
    tests: [
      'test/workers/withdraw-recipients.test.ts: whom the tool will not let go keeps nobody else in',
      'test/workers/withdraw-recipients.test.ts: while somebody is left it is not called withdrawn',
      'test/faults/refusals.test.ts: whom the tool will not let go stops nobody else',
    ],
  },
  {
    refusal: 'Report rows that stay after everybody is deleted',
    does: 'They count as people who remain. The tool’s campaign is deleted and read again; where it stays, the withdrawal is not called verified.',
    tests: [
      'test/story/reports-keep-addresses.test.ts: ',
      'test/marketing/mailchimp-removal.test.ts: report rows that keep an address or a name are counted',
    ],
  },
  {
    refusal: '“Recipients not ready”',
    does: 'The gate waits for the tool to count, for a quarter of an hour; then the campaign halts with both figures. An order to send that is refused for it is given again.',
    tests: [
      'test/workers/send-campaign.test.ts: while the tool counts other recipients than are right',
      'test/marketing/mailchimp-failures.test.ts: a campaign whose recipients are not counted yet is not sent',
    ],
  },
  {
    refusal: 'An address that was permanently deleted there (forgotten)',
    does: 'The person is settled `refused FORGOTTEN`, never counted as sent; the others go on. Audiences are thrown away, so this is not met twice.',
    tests: ['test/workers/disclose-recipients.test.ts: the tool’s refusals are kept with their reasons'],
  },
  {
    refusal: 'An address in a compliance state',
    does: 'The person is settled `refused COMPLIANCE`; the others go on.',
    tests: ['test/workers/disclose-recipients.test.ts: the tool’s refusals are kept with their reasons'],
  },
  {
    refusal: 'An address that looks fake',
    does: 'The person is settled `refused FAKE_ADDRESS`; the others go on.',
    tests: ['test/workers/disclose-recipients.test.ts: an address that looks fake is refused by the tool'],
  },
  {
    refusal: 'An address that signed up to too many lists lately (throttle)',
    does: 'The person is settled `refused THROTTLED` and left out of this campaign; the others go on.',
    tests: [
      'test/workers/disclose-recipients.test.ts: the tool’s refusals are kept with their reasons',
      'test/marketing/mailchimp-failures.test.ts: each sentence about one person becomes our own reason',
    ],
  },
  {
    refusal: 'Deletion of the audience, for days after a send',
    does: 'People are deleted at once all the same, one by one; the certificate says that the empty audience stays and until when; it is asked for again when its time has come, and the certificate completed.',
    tests: [
      'test/story/tool-refuses-deletion.test.ts: nobody stays for the seven days',
      'test/workers/sweep-tool.test.ts: an audience that the tool keeps is emptied',
    ],
  },
  {
    refusal: 'The campaign is sending, or sent, already',
    does: 'It is looked at before it is told again: an order is repeated only when it surely did not act, and nobody is mailed twice.',
    tests: [
      'test/workers/send-order.test.ts: an answer to the order lost after the effect',
      'test/workers/send-order.test.ts: an order that failed is given again only when it surely did not act',
      'test/faults/refusals.test.ts: a campaign that somebody sent by hand in the tool halts',
    ],
  },
]
