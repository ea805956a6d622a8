// What GET /__control answers: the control surface in one look.

/** Each request of the control surface with its body and what it does. Who: `email` or `uniqueEmailId`, maybe `list`, `campaign`. */
export const controlGuide: Record<string, string> = {
  'GET /state': 'the whole account; ?members=false leaves out members and report rows',
  'GET /mails': 'delivered mails, rendered; ?campaign= and ?to= narrow them',
  'POST /deliver {campaign?}': 'delivers what is being sent, also what hold-delivery holds',
  'POST /unsubscribe {who, reason?}':
    'the person uses the link of the campaign (default: the last that reached the person)',
  'POST /bounce {who, kind: hard|soft}': 'the mail comes back; hard makes the member cleaned',
  'POST /complain {who}': 'the person calls it spam',
  'POST /change-address {who, newEmail}': 'the person changes the address on the profile page',
  'GET /clock': 'the time of the emulator',
  'POST /clock {advanceMs | advance: "72h" | set: time}': 'moves the clock; what has become due happens',
  'POST /reset {plan?, latencyMs?, …}': 'an empty account; options not named stay',
  'GET /mischief': 'the trouble that is on, and the assumptions',
  'POST /mischief {kind, route?, method?, times?, …}':
    'switches trouble on; with an assumption as kind, {value} switches it',
  'DELETE /mischief': 'ends all trouble; assumptions stay as they are',
}
