package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks of a whole file, before anything of it is paid. */
final class FileCheckTest {

  @Test
  void version03_isGood() {
    Pain.Checked checked = Pain.check(Pain.resource("credit-03.xml"));

    assertThat(checked.lines()).isEmpty();
    assertThat(checked.file().messageId()).isEqualTo("MSG-03");
    assertThat(checked.file().version()).isEqualTo(PainVersion.V03);
    assertThat(checked.file().number()).isEqualTo(3);
    // EUR, JPY and KWD: the standard adds the numbers, whatever they are of.
    assertThat(checked.file().sum()).isEqualByComparingTo("1509.623");
    assertThat(checked.file().numberOfInfo()).containsExactly(2, 1);
  }

  @Test
  void version09_withPrefix_isGood() {
    Pain.Checked checked = Pain.check(Pain.resource("credit-09.xml"));

    assertThat(checked.lines()).isEmpty();
    assertThat(checked.file().version()).isEqualTo(PainVersion.V09);
    assertThat(checked.file().sum())
        .as("not what another namespace says")
        .isEqualByComparingTo("12.5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "urn:iso:std:iso:20022:tech:xsd:pain.001.003.03",
        "urn:swift:xsd:$pain.001.002.03",
        "http://www.six-interbank-clearing.com/de/pain.001.001.03.ch.02.xsd",
        "pain.001.001.03"
      })
  void namespaceOfTheSameMessage_isGood(String namespace) {
    assertThat(Pain.check(in(namespace)).lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "urn:iso:std:iso:20022:tech:xsd:pain.001.001.11",
        "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02",
        "urn:iso:std:iso:20022:tech:xsd:pain.001.001.031",
        "urn:spain.001.001.03",
        "http://www.w3.org/1999/xhtml"
      })
  void namespaceOfAnotherMessage_isOneFault(String namespace) {
    assertThat(Pain.check(in(namespace)).lines())
        .singleElement()
        .asString()
        .startsWith("2 this is no pain.001 in version 03 or 09")
        .contains(namespace);
  }

  private static String in(String namespace) {
    return Pain.text("credit-03.xml")
        .replace("urn:iso:std:iso:20022:tech:xsd:pain.001.001.03", namespace);
  }

  @Test
  void everyFault_isToldWithItsLine() {
    assertThat(Pain.check(Pain.resource("faulty-03.xml")).lines())
        .containsExactly(
            "6 CreDtTm is no date with a time",
            "4 InitgPty is missing in GrpHdr",
            "12 PmtMtd must be TRF: only transfers are paid",
            "14 to be executed on 2099-01-01, and today is 2026-11-30",
            "16 DbtrAcct: the IBAN has wrong check digits",
            "20 JPY has 0 decimals, so there is no amount of 10.5",
            "21 CdtrAcct: the IBAN has 20 characters, and an IBAN of FR has 27",
            "27 InstdAmt is no decimal number of at most 18 digits",
            "23 CdtrAcct with an account is missing in CdtTrfTxInf",
            "25 EndToEndId 'A' is that of line 19",
            "29 PmtId/EndToEndId is missing in CdtTrfTxInf",
            "31 'XAU' is no currency of ISO 4217 to pay in",
            "32 CdtrAcct: the IBAN is no IBAN: two letters, two digits, then letters and digits",
            "36 EqvtAmt asks for an exchange, which is not done here",
            "37 CdtrAcct: no account of the ledger goes by this number",
            "13 NbOfTxs is 9, and there are 4",
            "43 ReqdExctnDt is no date",
            "41 PmtInfId 'P1' is that of line 11",
            "49 the amount is zero",
            "47 debtor and creditor have the same account",
            "55 more than 1000000000000000 minor units of EUR",
            "59 PmtId/EndToEndId is there twice",
            "60 Amt/InstdAmt has elements inside, and must be text",
            "8 CtrlSum is 100.00, and the amounts add up to 10000000000026.51");
  }

  @Test
  void thousandsOfFaults_firstThousandAndHowManyMore() {
    StringBuilder xml = new StringBuilder(Pain.text("credit-03.xml"));
    int at = xml.indexOf("<CdtTrfTxInf>");
    xml.insert(at, "<CdtTrfTxInf/>\n".repeat(1_000));

    Faults faults = Pain.check(xml.toString()).faults();

    assertThat(faults.first()).hasSize(Faults.MOST);
    // Three for each of those, and the two numbers that are wrong now.
    assertThat(faults.count()).isEqualTo(3_002);
    assertThat(faults.more()).isEqualTo(2_002);
  }

  @ParameterizedTest
  @CsvSource({
    "<MsgId>MSG-03</MsgId>, <MsgId/>, 5 MsgId must be 1 to 35 characters",
    "<NbOfTxs>3</NbOfTxs>, '', 4 NbOfTxs is missing in GrpHdr",
    "<NbOfTxs>3</NbOfTxs>, <NbOfTxs>three</NbOfTxs>, '7 NbOfTxs is three, and there are 3'",
    "<EndToEndId>E2E-3, <EndToEndId>E2E-1, 44 EndToEndId 'E2E-1' is that of line 22",
    "<PmtInfId>SUPPLIERS, <PmtInfId>SALARIES, 37 PmtInfId 'SALARIES' is that of line 12"
  })
  void oneThingWrong_isOneFault(String good, String bad, String fault) {
    assertThat(Pain.check(Pain.text("credit-03.xml").replaceFirst(good, bad)).lines())
        .isEqualTo(List.of(fault));
  }

  @Test
  void headerAfterPayments_isRefused() {
    String xml = Pain.text("credit-03.xml");
    int from = xml.indexOf("    <GrpHdr>");
    int to = xml.indexOf("    <PmtInf>");
    String moved =
        (xml.substring(0, from) + xml.substring(to))
            .replace("  </CstmrCdtTrfInitn>", xml.substring(from, to) + "  </CstmrCdtTrfInitn>");

    assertThat(Pain.check(moved).lines())
        .containsExactly("4 one GrpHdr and then each PmtInf: not in this order");
  }

  @Test
  void debtorAfterTransactions_isAFault() {
    String account =
        "      <DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></DbtrAcct>\n";
    String xml = Pain.text("credit-03.xml");
    String moved =
        xml.replace(account, "").replaceFirst("    </PmtInf>", account + "    </PmtInf>");

    assertThat(Pain.check(moved).lines())
        .contains(
            "11 DbtrAcct with an account is missing in PmtInf",
            "34 DbtrAcct/Id/IBAN comes after the transactions of its PmtInf");
  }

  @Test
  void notProvided_isNoDuplicate_andEachHasAKeyOfItsOwn() {
    assertThat(Payment.key("m", "p", "NOTPROVIDED", 0))
        .isNotEqualTo(Payment.key("m", "p", "NOTPROVIDED", 1))
        .matches("[A-Za-z0-9._:~+/=-]{1,128}");
    assertThat(Payment.key("m", "ab", "c", 0)).isNotEqualTo(Payment.key("m", "a", "bc", 0));
    String xml = Pain.text("credit-03.xml").replace("E2E-3", "NOTPROVIDED");
    assertThat(Pain.check(xml).lines()).isEmpty();
  }

  @Test
  void uniqueIds_manyOfThem_findsTheOneThatIsThereTwice() {
    UniqueIds ids = new UniqueIds();
    for (int i = 0; i < 20_000; i++) {
      assertThat(ids.add("id-" + i, i + 1)).isZero();
    }
    assertThat(ids.add("id-17", 99_999)).isEqualTo(18);
  }
}
