// Certificates as they are kept: one per campaign, sealed.
import { type Certificate, certificateSchema } from '../certificate/certificate.ts'
import type { Database } from './database.ts'

/** Keeps a campaign's certificate; a later one (the shell is gone) takes its place. */
export async function keepCertificate(db: Database, certificate: Certificate, at: Date): Promise<void> {
  const { id } = certificate.campaign
  const data = { body: certificate as object, sha256: certificate.sha256, writtenAt: at }
  if ((await db.certificate.updateMany({ where: { campaignId: id }, data })).count === 0) {
    await db.certificate.create({ data: { campaignId: id, ...data } })
  }
}

/** The certificate of a campaign, or null while there is none. */
export async function certificateOf(db: Database, campaignId: string): Promise<Certificate | null> {
  const kept = await db.certificate.findUnique({ where: { campaignId } })
  return kept ? certificateSchema.parse(kept.body) : null
}
