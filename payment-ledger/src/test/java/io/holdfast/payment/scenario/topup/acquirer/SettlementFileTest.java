package io.holdfast.payment.scenario.topup.acquirer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.holdfast.payment.ledger.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettlementFileTest {

  private static final LocalDate DAY = LocalDate.parse("2026-01-31");
  private static final String GOOD =
      """
      settlement,1,2026-01-31
      charge,ch_1,topup_a,1000,EUR,2026-01-31T09:00:00Z
      charge,ch_2,topup_b,5,JPY,2026-01-31T23:59:59.999Z
      chargeback,cb_1,topup_a,400,EUR,2026-01-31T10:00:00Z
      total,EUR,1,1000,1,400
      total,JPY,1,5,0,0
      end,3
      """;

  @TempDir private Path folder = Path.of("");

  private SettlementFile open(String text) throws IOException, SettlementFileException {
    return SettlementFile.open(Files.writeString(folder.resolve("file.csv"), text), DAY);
  }

  @Test
  void forEach_goodFile_rowsInOrder() throws Exception {
    for (String text : List.of(GOOD, GOOD.replace("\n", "\r\n"), GOOD.stripTrailing())) {
      SettlementFile file = open(text);
      List<SettlementRow> rows = new ArrayList<>();
      file.forEach(rows::add);

      assertThat(file.rows()).isEqualTo(3);
      assertThat(rows).extracting(SettlementRow::id).containsExactly("ch_1", "ch_2", "cb_1");
      assertThat(rows.get(2))
          .isEqualTo(
              new SettlementRow(
                  SettlementRow.Type.CHARGEBACK,
                  "cb_1",
                  "topup_a",
                  Money.of(400, "EUR"),
                  Instant.parse("2026-01-31T10:00:00Z")));
    }
  }

  private static final String WITH_REVERSAL =
      """
      settlement,2,2026-01-31
      charge,ch_1,topup_a,1000,EUR,2026-01-31T09:00:00Z
      chargeback,cb_1,topup_a,400,EUR,2026-01-31T10:00:00Z
      reversal,rv_1,topup_a,300,EUR,2026-01-31T11:00:00Z
      total,EUR,1,1000,1,400,1,300
      end,3
      """;

  @Test
  void forEach_reversals_areOfVersionTwo() throws Exception {
    List<SettlementRow> rows = new ArrayList<>();
    open(WITH_REVERSAL).forEach(rows::add);

    assertThat(rows)
        .extracting(SettlementRow::type)
        .containsExactly(
            SettlementRow.Type.CHARGE, SettlementRow.Type.CHARGEBACK, SettlementRow.Type.REVERSAL);
    for (String wrong :
        List.of(
            WITH_REVERSAL.replace("settlement,2", "settlement,1"),
            WITH_REVERSAL.replace("1,300\nend", "1,301\nend"),
            WITH_REVERSAL.replace(",1,300\nend", "\nend"))) {
      assertThatExceptionOfType(SettlementFileException.class).isThrownBy(() -> open(wrong));
    }
  }

  @Test
  void open_nothingSettled_isAFile() throws Exception {
    assertThat(open("settlement,1,2026-01-31\nend,0\n").rows()).isZero();
  }

  /** What is replaced by what, and what is said then. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "settlement,1,2026-01-31 | settlement,1,2026-01-30 | line 1: not the head",
        "settlement,1,2026-01-31 | settlement,3,2026-01-31 | line 1: not the head",
        "topup_a,1000 | topup_a,1001 | the total of EUR is not what the rows come to",
        "total,EUR,1,1000 | total,EUR,2,1000 | the total of EUR is not what the rows come to",
        "total,EUR,1,1000,1,400 | total,EUR,1,1000,1,401 | the total of EUR",
        "total,JPY,1,5,0,0 | total,USD,0,0,0,0 | there is no total of JPY",
        "total,JPY,1,5,0,0 | total,EUR,1,5,0,0 | line 6: a second total of a currency",
        "total,JPY,1,5,0,0 | total,JPY,1,5 | line 6: a total has 6 fields",
        "end,3 | end,4 | line 7: the end counts other rows",
        "end,3 | '' | cut short",
        "end,3 | 'end,3,' | line 7: the end counts",
        "5,JPY | 5,XXX | line 3: XXX has no minor units",
        "5,JPY | 5,jpy | line 3: not an ISO 4217",
        "5,JPY | -5,JPY | line 3: not a whole number",
        "5,JPY | 0,JPY | line 3: a row over nothing",
        "5,JPY | 5.0,JPY | line 3: not a whole number",
        "5,JPY | 99999999999999999999,JPY | line 3: not a whole number",
        "2026-01-31T09:00:00Z | 2026-02-01T00:00:00Z | line 2: a time on another day",
        "2026-01-31T09:00:00Z | today | line 2: not a time",
        "ch_1 | ch 1 | line 2: a name is",
        "ch_1 | '' | line 2: a name is",
        "charge,ch_1 | refund,ch_1 | line 2: not a kind of row",
        "charge,ch_1 | 'charge,x,ch_1' | line 2: a row has 6 fields",
      })
  void open_fault_isSaidWithItsLine(String what, String by, String fault) {
    assertThatExceptionOfType(SettlementFileException.class)
        .isThrownBy(() -> open(GOOD.replaceFirst(what, by)))
        .satisfies(
            refusal ->
                assertThat(refusal.faults()).anySatisfy(each -> assertThat(each).contains(fault)));
  }

  @Test
  void open_everythingWrong_saysAHundredFaults() {
    assertThatExceptionOfType(SettlementFileException.class)
        .isThrownBy(() -> open("nonsense\n".repeat(1_000)))
        .satisfies(refusal -> assertThat(refusal.faults()).hasSize(100));
    assertThatExceptionOfType(SettlementFileException.class).isThrownBy(() -> open(""));
    assertThatExceptionOfType(SettlementFileException.class)
        .isThrownBy(() -> open(GOOD + "charge,ch_9,topup_z,1,EUR,2026-01-31T09:00:00Z\n"))
        .withMessageContaining("more after the end");
  }

  @Test
  void open_endlessLineOrOtherBytes_isNotRead() throws IOException {
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> open("x".repeat(2_000)));
    Path file = Files.write(folder.resolve("binary.csv"), new byte[] {(byte) 0xff, 10});
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> SettlementFile.open(file, DAY));
  }

  @Test
  void forEach_fileChangedSinceItWasChecked_fails() throws Exception {
    SettlementFile file = open(GOOD);
    for (String changed : List.of(GOOD.substring(0, 80), GOOD.replace("1000", "x"))) {
      Files.writeString(folder.resolve("file.csv"), changed);
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.forEach(row -> {}));
    }
  }
}
