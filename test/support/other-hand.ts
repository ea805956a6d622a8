// Another hand in the tool's account, on the emulator's own state: what the owner, a colleague or Mailchimp itself may do there.
import { admit } from '../emulator/mailchimp/admission.ts'
import { changeStatus, createAudience, emailId, forgetMember } from '../emulator/mailchimp/audience.ts'
import { stamp } from '../emulator/mailchimp/clock.ts'
import type { Audience, Member, MemberStatus } from '../emulator/mailchimp/state.ts'
import type { World } from './world.ts'

export type OtherHand = {
  /** Makes an audience of this name, so many milliseconds ago. */
  makeAudience: (name: string, agoMs: number) => Audience
  add: (audienceId: string | null, email: string, more?: { status?: MemberStatus; firstName?: string }) => Member
  changeStatus: (audienceId: string | null, email: string, status: MemberStatus) => void
  /** Deletes somebody for ever. */
  forget: (audienceId: string | null, email: string) => void
  member: (audienceId: string | null, email: string) => Member
  /** Addresses in an audience, sorted; undefined when it is gone. */
  members: (audienceId: string | null) => string[] | undefined
}

/** The account, taken by the hand. */
export function otherHand({ emulator: { state } }: World): OtherHand {
  const audienceOf = (id: string | null) => {
    const audience = state.audiences.get(id ?? '')
    if (!audience) throw new Error(`there is no audience ${id}`)
    return audience
  }
  const member: OtherHand['member'] = (audienceId, email) => {
    const found = audienceOf(audienceId).members.get(emailId(email))
    if (!found) throw new Error('there is no such member')
    return found
  }
  return {
    makeAudience: (name, agoMs) => {
      const audience = createAudience(state, { name })
      audience.date_created = stamp(state.clock.now() - agoMs)
      return audience
    },
    add: (audienceId, email, { status = 'subscribed', firstName = 'Etu' } = {}) => {
      const sent = { email_address: email, status, merge_fields: { FNAME: firstName, LNAME: 'Suku' } }
      const rules = { updateExisting: false, skipMergeValidation: true }
      return admit(state, audienceOf(audienceId), sent, rules).member
    },
    changeStatus: (audienceId, email, status) =>
      changeStatus(state, audienceOf(audienceId), member(audienceId, email), status),
    forget: (audienceId, email) => forgetMember(state, audienceOf(audienceId), member(audienceId, email)),
    member,
    members: (audienceId) => {
      const audience = state.audiences.get(audienceId ?? '')
      return audience && [...audience.members.values()].map(({ email_address }) => email_address).sort()
    },
  }
}
