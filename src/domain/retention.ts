// How long data are kept: the categories that have a lifetime, and the reasons to keep somebody longer.

/** The data categories that need a lifetime in lupa.yaml; there is no default. */
export const dataCategories = ['person', 'activity', 'note', 'campaign', 'request'] as const
export type DataCategory = (typeof dataCategories)[number]

/** The only three reasons of the notice to keep data past their lifetime. None allows a mail. */
export const holdReasons = ['LAW', 'CUSTOMER_RELATIONSHIP', 'COOPERATION_CONTINUES'] as const
export type HoldReason = (typeof holdReasons)[number]

/** `automatic`: deleted when due. `routine`: the operator looks at what is due, and confirms. */
export type RetentionMode = 'automatic' | 'routine'

/** What waits for the operator longer than this is an alarm. Days. */
export const routinePatienceDays = 30
