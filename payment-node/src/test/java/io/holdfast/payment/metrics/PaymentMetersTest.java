package io.holdfast.payment.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.shard.ShardGates;
import io.holdfast.payment.testing.Bank;
import io.holdfast.payment.testing.Sql;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PaymentMetersTest {

  private static final Path PAGE = Path.of("../docs/metrics.md");

  private final Bank bank = new Bank();
  private final ShardGates gates = new ShardGates(Bank.MAP.shards());
  private final PaymentMeters meters = meters();

  private PaymentMeters meters() {
    gates.open(new Fence(0, Bank.token(1)), () -> true);
    return new PaymentMeters(List.of("transfer"), new Counters(), gates::shards, bank.ledger());
  }

  @AfterEach
  void close() {
    meters.close();
    bank.close();
  }

  @Test
  void page_listsEveryMeterWithKindUnitAndTags() throws IOException {
    List<String> listed =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| `payment."))
            .map(line -> line.split("\\|", -1))
            .map(cells -> line(cells[1], cells[2], cells[3], cells[5]))
            .toList();

    assertThat(listed)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            meters.registry().getMeters().stream()
                .map(Meter::getId)
                .filter(id -> id.getName().startsWith("payment."))
                .map(
                    id ->
                        line(
                            "`" + id.getName() + "`",
                            id.getType().name().toLowerCase(Locale.ROOT),
                            Objects.requireNonNullElse(id.getBaseUnit(), ""),
                            String.join(
                                ", ", id.getTags().stream().map(Tag::getKey).sorted().toList())))
                .distinct()
                .toList());
  }

  private static String line(String name, String kind, String unit, String tags) {
    return String.join(" | ", name.strip(), kind.strip(), unit.strip(), tags.strip());
  }

  @Test
  void scrape_tellsOfTheLedgerWhatIsWrongWithIt() throws Exception {
    bank.open("alice", 1_000);
    change("UPDATE account SET posted = posted + 7 WHERE id = 'alice'");
    change(
        "INSERT INTO document (shard, id, kind, account, due, body, changed)"
            + " VALUES (0, 'x', 'x', 'alice', now() - interval '1 hour', '{}', now())");
    change(
        "INSERT INTO document (shard, id, kind, account, due, body, changed)"
            + " VALUES (0, 'y', 'topup', 'alice', now() + interval '5 minutes',"
            + " jsonb_build_object('state', 'PROCESSING', 'requestedAt',"
            + " now() - interval '4 hours'), now())");
    change("DELETE FROM event");
    change(
        "INSERT INTO event (shard, seq, number, account, type, body, at)"
            + " VALUES (0, 1, 1, 'alice', 'x', '{}', now() - interval '2 hours'),"
            + " (0, 2, 1, 'alice', 'x', '{}', now())");
    change(
        "INSERT INTO branch (shard, id, deadline, body)"
            + " VALUES (0, 'x', now() - interval '3 hours', '{}')");

    String told = meters.scrape().get(30, TimeUnit.SECONDS);

    assertThat(told)
        .contains("payment_ledger_imbalance 7.0\n")
        .contains("payment_due 1.0\n")
        .containsPattern("payment_due_overdue_seconds 36\\d\\d\\.")
        .contains("payment_outbox 2.0\n")
        .containsPattern("payment_outbox_age_seconds 72\\d\\d\\.")
        .contains("payment_indoubt 1.0\n")
        .containsPattern("payment_indoubt_overdue_seconds 108\\d\\d\\.")
        .contains("payment_topups_unknown 1.0\n")
        .containsPattern("payment_topups_unknown_age_seconds 144\\d\\d\\.");
  }

  @Test
  void scrape_databaseThatDoesNotTell_isNotZero() throws Exception {
    change("ALTER TABLE account RENAME TO elsewhere");

    assertThat(meters.scrape().get(30, TimeUnit.SECONDS)).contains("payment_ledger_imbalance NaN");
  }

  @Test
  void answered_unknownType_makesNoSeries() {
    int before = meters.registry().getMeters().size();

    meters.answered("whatever a client sends", Outcome.DONE, 1);

    assertThat(meters.registry().getMeters()).hasSize(before);
  }

  private void change(String statement) {
    Sql.change(bank.config(), statement);
  }
}
