// Shrunk counter-examples of the past: each of these once went wrong.
import type { Story } from './story.ts'

export const keptStories: Story[] = [
  // A no known only by the address, heard after the register had moved the person who was disclosed there.
  {
    homes: { ada: 'c', bo: 'a', cai: 'd' },
    chapters: [
      { heard: [{ fact: 'file-yes', who: 'ada', day: 0 }], next: { step: 'disclose' } },
      { heard: [], next: { step: 'move', who: 'ada', to: 'b' } },
      { heard: [{ fact: 'mailbox-no', mailbox: 'c', day: 1 }], next: { step: 'send' } },
    ],
  },
  // An older no that arrives after a later yes.
  {
    homes: { ada: 'a', bo: 'b', cai: 'c' },
    chapters: [
      {
        heard: [
          { fact: 'yes', who: 'ada', day: 3 },
          { fact: 'no', who: 'ada', day: 2 },
        ],
        next: { step: 'disclose' },
      },
      { heard: [], next: { step: 'send' } },
    ],
  },
  // A no at the old mailbox that is later than the person's own: it goes along, and only a yes later than both answers it.
  {
    homes: { ada: 'b', bo: 'a', cai: 'c' },
    chapters: [
      { heard: [{ fact: 'no', who: 'ada', day: 0 }], next: { step: 'withdraw' } },
      { heard: [{ fact: 'mailbox-no', mailbox: 'b', day: 1 }], next: { step: 'move', who: 'ada', to: 'a' } },
      { heard: [{ fact: 'yes', who: 'ada', day: 1 }], next: { step: 'disclose' } },
    ],
  },
  // A yes that is told again after a move, to an address that has said no before it.
  {
    homes: { ada: 'a', bo: 'b', cai: 'd' },
    chapters: [
      { heard: [{ fact: 'yes', who: 'cai', day: 4 }], next: { step: 'move', who: 'cai', to: 'c' } },
      {
        heard: [
          { fact: 'mailbox-no', mailbox: 'c', day: 3 },
          { fact: 'yes', who: 'cai', day: 4 },
        ],
        next: { step: 'disclose' },
      },
      { heard: [], next: { step: 'send' } },
    ],
  },
  // A yes given at one mailbox, and a no of another that comes after the two had turned out to be one person's.
  {
    homes: { ada: 'a', bo: 'b', cai: 'c' },
    chapters: [
      { heard: [{ fact: 'yes', who: 'bo', day: 3 }], next: { step: 'merge', keep: 'ada', gone: 'bo' } },
      { heard: [{ fact: 'mailbox-no', mailbox: 'a', day: 1 }], next: { step: 'disclose' } },
      { heard: [], next: { step: 'send' } },
    ],
  },
  // A yes that the file took back, a no of the other one, and a fresh yes after the two had turned out to be one.
  {
    homes: { ada: 'a', bo: 'a', cai: 'a' },
    chapters: [
      { heard: [{ fact: 'file-silent', who: 'ada', day: 1 }], next: { step: 'move', who: 'ada', to: 'a' } },
      {
        heard: [
          { fact: 'yes', who: 'ada', day: 1 },
          { fact: 'no', who: 'bo', day: 0 },
        ],
        next: { step: 'merge', keep: 'ada', gone: 'bo' },
      },
      { heard: [{ fact: 'yes', who: 'ada', day: 2 }], next: { step: 'disclose' } },
      { heard: [], next: { step: 'send' } },
    ],
  },
]
