// Mailchimp, as the emulator plays it, keeps the contract that any tool must keep.
import { contract } from './contract.ts'
import { openMailchimpWorld } from './mailchimp-world.ts'

contract('mailchimp', openMailchimpWorld)
