// The words of the list of campaigns and of their pages.
export const campaignPageWords = {
  fi: {
    title: 'Uutiskirjeet',
    many: (sent: number, count: string) =>
      sent === 0
        ? 'Yhtään uutiskirjettä ei ole vielä lähetetty.'
        : sent === 1
          ? 'Yksi uutiskirje on lähetetty.'
          : `${count} uutiskirjettä on lähetetty.`,
    write: 'Uusi uutiskirje',
    noneYet: 'Uutiskirjeitä ei ole vielä.',
    name: 'Nimi',
    state: 'Vaihe',
    sentAt: 'Lähetetty',
    people: 'Vastaanottajia',
    emptiedAt: 'Tyhjennetty',
    noSuch: 'Tällaista uutiskirjettä ei ole.',
    noCertificate: 'Todistus kirjoitetaan, kun työkalussa ei ole enää ketään.',
    certificate: 'Todistus',
    waitsFor: 'Odottaa:',
    nobodyWorks: 'Työn tekijä ei ole käynnissä: mikään ei etene, ennen kuin se käynnistetään (npm start).',
    done: 'tehty',
    figures: 'Luvut',
    feedback: 'Palaute',
    who: 'Kuka sai',
    selected: 'Valittu',
    disclosed: 'Luovutettu',
    refused: 'Työkalu ei ottanut',
    sent: 'Lähetetty',
    removed: 'Poistettu työkalusta',
    optedOut: 'Kieltoja',
    bounced: 'Palautuneita',
    complained: 'Valituksia roskapostista',
    disclosing: 'Luovutetaan',
    removing: 'Poistetaan työkalusta',
    left: (time: string) => `vielä noin ${time}`,
    shell: (at: string) =>
      `Tyhjä jakelulista poistetaan${at ? `, aikaisintaan ${at}` : ', kun työkalu sallii'}. Siinä ei ole ketään.`,
    answer: {
      halted: 'Uutiskirje on pysähtynyt.',
      inside: (people: number, count: string) =>
        people === 1 ? 'Työkalussa on nyt yksi ihminen.' : `Työkalussa on nyt ${count} ihmistä.`,
      empty: (_people: number, count: string) => `Lähetettiin ${count} ihmiselle. Työkalussa ei ole enää ketään.`,
      never: 'Peruttiin, ennen kuin kenenkään tietoja luovutettiin.',
      before: 'Kenenkään tietoja ei ole vielä luovutettu.',
    },
    actions: {
      resume: { name: 'Jatka', says: 'Uutiskirje jatkaa siitä, mihin se pysähtyi.' },
      withdraw: {
        name: 'Tyhjennä työkalu nyt',
        says: (_people: number, count: string) =>
          `Palaute luetaan ensin. Sitten kaikki työkalussa olevat (${count}) poistetaan sieltä pysyvästi. Tätä ei voi perua.`,
      },
      unread: {
        name: 'Tyhjennä työkalu lukematta palautetta',
        says: (_people: number, count: string) =>
          `Vain jos palautetta ei saada työkalusta luettua. Kaikki työkalussa olevat (${count}) poistetaan pysyvästi, ja se, mitä he ovat työkalussa vastanneet eikä ole vielä täällä (kiellot, palautuneet viestit, valitukset), katoaa lopullisesti. Siksi kukaan heistä ei saa enää uutiskirjettä, ennen kuin liittyy itse uudelleen. Tätä ei voi perua.`,
        sure: 'Ymmärrän, että lukematon palaute katoaa',
      },
      cancel: {
        name: 'Peru uutiskirje',
        says: (people: number, count: string) =>
          people === 0
            ? 'Uutiskirjettä ei lähetetä kenellekään.'
            : `Uutiskirje perutaan, ja työkalussa olevat (${count}) poistetaan sieltä. Jos lähetys on jo alkanut, se ehtii lähteä.`,
      },
    },
  },
  en: {
    title: 'Campaigns',
    many: (sent: number, count: string) =>
      sent === 0
        ? 'No campaign has been sent yet.'
        : sent === 1
          ? 'One campaign has been sent.'
          : `${count} campaigns have been sent.`,
    write: 'New campaign',
    noneYet: 'There are no campaigns yet.',
    name: 'Name',
    state: 'Stage',
    sentAt: 'Sent',
    people: 'Recipients',
    emptiedAt: 'Emptied',
    noSuch: 'There is no such campaign.',
    noCertificate: 'The certificate is written when nobody is left in the tool.',
    certificate: 'Certificate',
    waitsFor: 'Waits for',
    nobodyWorks: 'No worker is running: nothing goes on until one is started (npm start).',
    done: 'done',
    figures: 'Figures',
    feedback: 'Feedback',
    who: 'Who got it',
    selected: 'Selected',
    disclosed: 'Disclosed',
    refused: 'Refused by the tool',
    sent: 'Sent',
    removed: 'Removed from the tool',
    optedOut: 'Opt-outs',
    bounced: 'Bounces',
    complained: 'Complaints',
    disclosing: 'Disclosing',
    removing: 'Removing from the tool',
    left: (time: string) => `about ${time} more`,
    shell: (at: string) =>
      `The empty audience will be deleted${at ? `, not before ${at}` : ' when the tool lets go'}. Nobody is in it.`,
    answer: {
      halted: 'This campaign has stopped.',
      inside: (people: number, count: string) =>
        people === 1 ? 'One person is in the tool now.' : `${count} people are in the tool now.`,
      empty: (people: number, count: string) =>
        `Sent to ${people === 1 ? 'one person' : `${count} people`}. Nobody is left in the tool.`,
      never: 'Cancelled before anybody was disclosed.',
      before: 'Nobody has been disclosed yet.',
    },
    actions: {
      resume: { name: 'Go on', says: 'The campaign goes on from where it stopped.' },
      withdraw: {
        name: 'Empty the tool now',
        says: (_people: number, count: string) =>
          `Feedback is read first. Then everybody in the tool (${count}) is deleted there for good. This cannot be undone.`,
      },
      unread: {
        name: 'Empty the tool without reading feedback',
        says: (_people: number, count: string) =>
          `Only where feedback cannot be read from the tool. Everybody in the tool (${count}) is deleted there for good, and what they answered there that is not here yet (opt-outs, bounces, complaints) is lost for ever. So none of them gets another newsletter before they sign up again themselves. This cannot be undone.`,
        sure: 'I understand that unread feedback is lost',
      },
      cancel: {
        name: 'Cancel the campaign',
        says: (people: number, count: string) =>
          people === 0
            ? 'The newsletter will be sent to nobody.'
            : `The campaign is cancelled, and those in the tool (${count}) are removed. If sending has begun, the mail still leaves.`,
      },
    },
  },
} as const
