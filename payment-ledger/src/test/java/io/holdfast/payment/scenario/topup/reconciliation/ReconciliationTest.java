package io.holdfast.payment.scenario.topup.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.topup.CheckTopUp;
import io.holdfast.payment.scenario.topup.TopUp;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFile;
import io.holdfast.payment.scenario.topup.reconciliation.ReconciliationReport.Finding;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconciliationTest {

  private static final LocalDate DAY = LocalDate.parse("2026-01-31");
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
  private static final Instant DAY_BEFORE = Instant.parse("2026-01-30T12:00:00Z");
  private static final Money TEN = Money.of(1000, "EUR");

  @TempDir private Path folder = Path.of("");

  private final Map<DocumentId, TopUp> ours = new HashMap<>();
  private final StringBuilder rows = new StringBuilder();
  private long charges;
  private long charged;
  private long chargebacks;
  private long takenBack;
  private long reversals;
  private long givenBack;

  /** Of the chargebacks that are put. */
  private TopUp.@Nullable Reversal back;

  private @Nullable String refused;

  private static DocumentId id(int number) {
    return new DocumentId(String.format("topup_001_%026d", number));
  }

  private TopUp put(int number, TopUp.State state, Instant at, Instant takenBackAt) {
    boolean known = state == TopUp.State.SUCCEEDED || state == TopUp.State.CHARGED_BACK;
    TopUp topUp =
        new TopUp(
            TEN,
            "tok_a",
            at,
            state,
            1,
            0,
            false,
            known ? Optional.of("ch_" + number) : Optional.empty(),
            known ? Optional.of(at) : Optional.empty(),
            Optional.empty(),
            state == TopUp.State.CHARGED_BACK
                ? List.of(
                    new TopUp.Chargeback(
                        "cb_" + number,
                        TEN,
                        Money.of(0, "EUR"),
                        takenBackAt,
                        Optional.ofNullable(back),
                        Optional.ofNullable(refused)))
                : List.of());
    ours.put(id(number), topUp);
    return topUp;
  }

  private void succeeded(int number) {
    put(number, TopUp.State.SUCCEEDED, NOON, NOON);
  }

  private void charge(String charge, String reference, long amount) {
    rows.append("charge,%s,%s,%d,EUR,%s\n".formatted(charge, reference, amount, NOON));
    charges++;
    charged += amount;
  }

  private void chargeback(int number, long amount) {
    rows.append("chargeback,cb_%d,%s,%d,EUR,%s\n".formatted(number, id(number), amount, NOON));
    chargebacks++;
    takenBack += amount;
  }

  private void reversal(int number, long amount) {
    rows.append("reversal,rv_%d,%s,%d,EUR,%s\n".formatted(number, id(number), amount, NOON));
    reversals++;
    givenBack += amount;
  }

  private static TopUp.Reversal back(int number, Optional<String> refused) {
    return new TopUp.Reversal("rv_" + number, TEN, Money.of(0, "EUR"), NOON, refused);
  }

  @Test
  void compare_reversals_agreeOrAreFound() throws Exception {
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, DAY_BEFORE);
    reversal(1, 1000);
    finds(Difference.REVERSAL_MISSING_HERE, id(1).value());
    back = back(1, Optional.of("it is over nothing"));
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, DAY_BEFORE);
    finds(Difference.REVERSAL_REFUSED, id(1).value());
    back = back(1, Optional.empty());
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, DAY_BEFORE);
    ReconciliationReport report = compare();
    assertThat(report.agrees()).isTrue();
    assertThat(report.ours()).isEqualTo(report.theirs());
    reversal(1, 1000);
    finds(Difference.REVERSAL_DUPLICATE, id(1).value());
  }

  @Test
  void compare_reversalInAnotherAmountOrNotListed_isFound() throws Exception {
    back = back(1, Optional.empty());
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, DAY_BEFORE);
    finds(Difference.REVERSAL_MISSING_THERE, id(1).value());
    reversal(1, 999);
    finds(Difference.REVERSAL_AMOUNT, id(1).value());
  }

  @Test
  void compare_chargebackRefusedHere_isForPeople() throws Exception {
    refused = "it is over nothing";
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, NOON);
    chargeback(1, 1000);
    finds(Difference.CHARGEBACK_REFUSED, id(1).value());
  }

  private ReconciliationReport compare() throws Exception {
    String text =
        "settlement,2,2026-01-31\n%stotal,EUR,%d,%d,%d,%d,%d,%d\nend,%d\n"
            .formatted(
                rows,
                charges,
                charged,
                chargebacks,
                takenBack,
                reversals,
                givenBack,
                charges + chargebacks + reversals);
    Path file = Files.writeString(folder.resolve("settled.csv"), text);
    return Reconciliation.compare(SettlementFile.open(file, DAY), new Mapped());
  }

  private final class Mapped implements BookedTopUps {
    @Override
    public void forEach(LocalDate day, BiConsumer<DocumentId, TopUp> to) {
      ours.forEach(
          (id, topUp) -> {
            if (topUp.chargedAt().filter(at -> isOf(day, at)).isPresent()
                || topUp.chargebacks().stream()
                    .anyMatch(
                        each ->
                            isOf(day, each.at())
                                || each.reversal().filter(rv -> isOf(day, rv.at())).isPresent())
                || (topUp.state() == TopUp.State.PROCESSING && isOf(day, topUp.requestedAt()))) {
              to.accept(id, topUp);
            }
          });
    }

    private static boolean isOf(LocalDate day, Instant at) {
      return at.atZone(ZoneOffset.UTC).toLocalDate().equals(day);
    }

    @Override
    public Optional<TopUp> find(DocumentId id) {
      return Optional.ofNullable(ours.get(id));
    }
  }

  /** Expects one difference, about this one. */
  private void finds(Difference difference, String reference) throws Exception {
    ReconciliationReport report = compare();
    assertThat(report.differences()).isEqualTo(Map.of(difference, 1L));
    assertThat(report.findings()).extracting(Finding::reference).containsExactly(reference);
    assertThat(report.agrees()).isFalse();
    assertThat(report.repairs("run"))
        .extracting(Submission::request)
        .isEqualTo(
            difference.isAsked()
                ? java.util.List.of(new CheckTopUp.Request(new DocumentId(reference)))
                : java.util.List.of());
  }

  @Test
  void compare_sameOnBothSides_agrees() throws Exception {
    succeeded(1);
    put(2, TopUp.State.CHARGED_BACK, DAY_BEFORE, NOON);
    put(3, TopUp.State.CHARGED_BACK, NOON, Instant.parse("2026-02-05T00:00:00Z"));
    put(4, TopUp.State.PROCESSING, DAY_BEFORE, NOON);
    put(5, TopUp.State.SUCCEEDED, DAY_BEFORE, NOON);
    charge("ch_3", id(3).value(), 1000);
    charge("ch_1", id(1).value(), 1000);
    chargeback(2, 1000);

    ReconciliationReport report = compare();

    assertThat(report.agrees()).isTrue();
    assertThat(report.ours()).isEqualTo(report.theirs());
    assertThat(report.ours().get("EUR"))
        .isEqualTo(
            new ReconciliationReport.Total(
                2, BigInteger.valueOf(2000), 1, BigInteger.valueOf(1000), 0, BigInteger.ZERO));
    assertThat(Json.write(report)).contains("\"day\":\"2026-01-31\"");
  }

  @Test
  void compare_chargeOfNoTopUp_missingHere() throws Exception {
    charge("ch_9", "somebody-else", 1000);
    finds(Difference.MISSING_HERE, "somebody-else");
  }

  @Test
  void compare_chargeOfAnIdThatIsNoTopUps_missingHere() throws Exception {
    String payment = id(1).value().replace("topup", "pay");
    charge("ch_9", payment, 1000);
    finds(Difference.MISSING_HERE, payment);
  }

  @Test
  void compare_chargedButProcessingOrDeclinedHere_isAsked() throws Exception {
    put(1, TopUp.State.PROCESSING, NOON, NOON);
    charge("ch_1", id(1).value(), 1000);
    finds(Difference.NOT_SUCCEEDED, id(1).value());

    put(1, TopUp.State.DECLINED, NOON, NOON);
    finds(Difference.NOT_SUCCEEDED, id(1).value());
  }

  @Test
  void compare_processingHereAndNotListed_unknown() throws Exception {
    put(1, TopUp.State.PROCESSING, NOON, NOON);
    put(2, TopUp.State.PROCESSING, DAY_BEFORE, NOON);
    put(3, TopUp.State.EXPIRED, NOON, NOON);
    finds(Difference.UNKNOWN, id(1).value());
  }

  @Test
  void compare_succeededHereAndNotListed_missingThere() throws Exception {
    succeeded(1);
    finds(Difference.MISSING_THERE, id(1).value());
  }

  @Test
  void compare_anotherAmount_isFound() throws Exception {
    succeeded(1);
    charge("ch_1", id(1).value(), 999);
    finds(Difference.AMOUNT, id(1).value());
  }

  @Test
  void compare_bookedOnAnotherDay_isFound() throws Exception {
    put(1, TopUp.State.SUCCEEDED, DAY_BEFORE, NOON);
    charge("ch_1", id(1).value(), 1000);
    finds(Difference.OTHER_DAY, id(1).value());
  }

  @Test
  void compare_listedTwice_duplicate() throws Exception {
    succeeded(1);
    charge("ch_1", id(1).value(), 1000);
    charge("ch_1", id(1).value(), 1000);
    finds(Difference.DUPLICATE, id(1).value());
  }

  @Test
  void compare_secondChargeOfATopUp_duplicateInWhateverOrder() throws Exception {
    succeeded(1);
    charge("ch_8", id(1).value(), 1000);
    charge("ch_1", id(1).value(), 1000);
    finds(Difference.DUPLICATE, id(1).value());
  }

  @Test
  void compare_takenBackAndNotBookedHere_isAsked() throws Exception {
    put(1, TopUp.State.SUCCEEDED, DAY_BEFORE, NOON);
    chargeback(1, 1000);
    finds(Difference.CHARGEBACK_MISSING_HERE, id(1).value());
  }

  @Test
  void compare_takenBackHereAndNotListed_missingThere() throws Exception {
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, NOON);
    finds(Difference.CHARGEBACK_MISSING_THERE, id(1).value());
  }

  @Test
  void compare_takenBackInAnotherAmountOrTwice_isFound() throws Exception {
    put(1, TopUp.State.CHARGED_BACK, DAY_BEFORE, NOON);
    chargeback(1, 999);
    finds(Difference.CHARGEBACK_AMOUNT, id(1).value());

    chargeback(1, 1000);
    assertThat(compare().differences()).containsKey(Difference.CHARGEBACK_DUPLICATE);
  }
}
