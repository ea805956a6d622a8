// The text that links the register into the old Access file: Visual Basic, to be pasted into a module there.
import { type AccessPlace, accessTables } from '../register/access-front-end.ts'

/**
 * A module for Access 2010 and newer with the psqlODBC driver installed. It asks for the password each time it links and keeps it
 * nowhere; a table of the file itself that has the name of a linked one is renamed first, never deleted.
 */
export function accessScript({ database, port, login }: AccessPlace, host: string): string {
  const isHere = ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(host)
  const options = [
    `Server=${host}`,
    `Port=${port}`,
    `Database=${database}`,
    `UID=${login}`,
    `SSLmode=${isHere ? 'disable' : 'verify-full'}`,
    'BoolsAsChar=0',
    'TrueIsMinus1=0',
    'RowVersioning=1',
    'TextAsLongVarchar=1',
    'MaxVarcharSize=255',
    'MaxLongVarcharSize=-4',
    'LFConversion=1',
  ]
  const links = accessTables.map(([table, key]) => `    Linkita "${table}", "${key}", yhteys`)
  return `' Lupa: linkittää rekisterin taulut tähän tiedostoon vanhoilla nimillä. Liitä moduuliin (Alt+F11, Insert, Module)
' ja aja LinkitaLupa (F5). Aja se uudelleen, kun Lupa on muuttanut koneelle tai osoitteeseen, joka on toinen.
Option Compare Database
Option Explicit

#If Win64 Then
Private Const ajuri = "PostgreSQL Unicode(x64)"
#Else
Private Const ajuri = "PostgreSQL Unicode"
#End If
Private Const asetukset = "${options.slice(0, 5).join(';')};" & _
    "${options.slice(5).join(';')};"

Public Sub LinkitaLupa()
    Dim salasana As String, yhteys As String
    salasana = InputBox("Salasana, jonka lupa access login kertoi:", "Lupa")
    If salasana = "" Then Exit Sub
    yhteys = "ODBC;Driver={" & ajuri & "};" & asetukset & "PWD=" & salasana & ";"
${links.join('\n')}
    MsgBox "Lupa: taulut on linkitetty.", vbInformation
End Sub

Private Sub Linkita(taulu As String, avain As String, yhteys As String)
    Dim tietokanta As DAO.Database, linkki As DAO.TableDef, vanha As DAO.TableDef
    Set tietokanta = CurrentDb
    For Each vanha In tietokanta.TableDefs
        If vanha.Name = taulu Then
            If vanha.Connect = "" Then
                vanha.Name = taulu & " (ennen Lupaa)"
            Else
                tietokanta.TableDefs.Delete taulu
            End If
            Exit For
        End If
    Next
    Set linkki = tietokanta.CreateTableDef(taulu)
    linkki.Connect = yhteys
    linkki.SourceTableName = "access." & taulu
    tietokanta.TableDefs.Append linkki
    ' Näkymällä ei ole avainta; tämä on vain Accessin tieto siitä, mikä sarake erottaa rivit.
    tietokanta.Execute "CREATE UNIQUE INDEX LupaAvain ON [" & taulu & "] ([" & avain & "])", dbFailOnError
End Sub

' Uuden rivin numero. Lomakkeen tapahtumaan Ennen lisäystä (BeforeInsert):  Me.HenkilöID = LupaUusiNumero()
' Ilman sitä uusi rivi näkyy muodossa #Poistettu, kunnes lomake päivitetään (F5).
Public Function LupaUusiNumero() As Long
    Dim kysely As DAO.QueryDef
    Set kysely = CurrentDb.CreateQueryDef("")
    kysely.Connect = CurrentDb.TableDefs("Henkilöt").Connect
    kysely.SQL = "select access.uusi_numero()"
    kysely.ReturnsRecords = True
    LupaUusiNumero = kysely.OpenRecordset()(0)
End Function
`
}
