// The account itself, and whether the API is well (mailchimp.md §2).
import { type Call, ok, type Route } from '../router.ts'

export const rootRoutes: Route[] = [
  { method: 'GET', path: '/', handle: getRoot },
  { method: 'GET', path: '/ping', handle: () => ok({ health_status: "Everything's Chimpy!" }) },
]

function getRoot({ state }: Call) {
  const total = [...state.audiences.values()].reduce((sum, audience) => sum + audience.counts.subscribed, 0)
  return ok({
    account_id: state.options.accountId,
    login_id: '12345678',
    account_name: 'Emulated account',
    email: 'owner@emulator.example',
    first_name: '',
    last_name: '',
    username: 'emulator',
    role: 'owner',
    contact: { company: 'Emulated company', addr1: '', addr2: '', city: '', state: '', zip: '', country: 'FI' },
    pro_enabled: state.plan === 'premium',
    account_timezone: 'Europe/Helsinki',
    pricing_plan_type: state.plan === 'free' ? 'forever_free' : 'monthly',
    total_subscribers: total,
  })
}
