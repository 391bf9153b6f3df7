package io.holdfast.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.chaos.history.HistoryNotes;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BankCheckTest {

  private static final String KEY = "bank/ledger";
  private static final Map<String, String> DONE = Map.of("verdict", "acknowledged");
  private static final Map<String, String> REFUSED = Map.of("verdict", "refused");

  private final HistoryNotes notes = new HistoryNotes();

  @BeforeEach
  void openTwoAccounts() {
    open("o1", "a", 100);
    open("o2", "b", 50);
    book("o1", "a=100 equity:0:EUR=-100");
    book("o2", "b=50 equity:1:EUR=-50");
  }

  private void open(String request, String account, long amount) {
    Map<String, String> asked =
        Map.of("request", request, "account", account, "amount", Long.toString(amount));
    notes.did("c", KEY, "open", asked, DONE, 1);
  }

  private static Map<String, String> payment(String request, long amount) {
    return Map.of("request", request, "from", "a", "to", "b", "amount", Long.toString(amount));
  }

  private void book(String request, String entries) {
    notes.did("ledger", KEY, "book", Map.of("request", request, "entries", entries), Map.of(), 9);
  }

  private Verdict judged(long a, long b) {
    Map.of("a", a, "b", b)
        .forEach(
            (account, amount) -> {
              Map<String, String> held =
                  Map.of("account", account, "amount", Long.toString(amount));
              notes.did("ledger", KEY, "balance", held, Map.of(), 10);
            });
    return Objects.requireNonNull(
        HistoryCheck.of(notes.history(), Limits.defaults()).verdicts().get(KEY));
  }

  private void assertBroken(Verdict verdict, String how) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Broken.class,
            broken ->
                assertThat(broken.how()).anySatisfy(promise -> assertThat(promise).contains(how)));
  }

  @Test
  void payments_doneRefusedAndUnknown_areAsTheyShouldBe() {
    notes.did("c", KEY, "pay", payment("p1", 30), DONE, 2);
    notes.did("c", KEY, "pay", payment("p2", 900), REFUSED, 3);
    notes.began("c", KEY, "pay", payment("p3", 7), 4);
    notes.began("c", KEY, "pay", payment("p4", 5), 4);
    book("p1", "a=-30 b=30 clearing:0:EUR=30 clearing:1:EUR=-30");
    book("p2", "");
    book("p3", "a=-7 b=7");

    assertThat(judged(63, 87).result()).isEqualTo(HistoryCheck.Result.VALID);
  }

  @Test
  void acknowledged_notBooked_isBroken() {
    notes.did("c", KEY, "pay", payment("p1", 30), DONE, 2);

    assertBroken(judged(100, 50), "p1 was acknowledged, and is not booked");
  }

  @Test
  void acknowledged_bookedInPart_isBroken() {
    notes.did("c", KEY, "pay", payment("p1", 30), DONE, 2);
    book("p1", "a=-30 clearing:0:EUR=30");

    assertBroken(judged(70, 50), "p1 changes b by 30");
  }

  @Test
  void unknown_bookedInPart_isBroken() {
    notes.began("c", KEY, "pay", payment("p1", 30), 2);
    book("p1", "a=-30 clearing:0:EUR=30");

    assertBroken(judged(70, 50), "p1 changes b by 30");
  }

  @Test
  void refused_booked_isBroken() {
    notes.did("c", KEY, "pay", payment("p1", 30), REFUSED, 2);
    book("p1", "a=-30 b=30");

    assertBroken(judged(70, 80), "p1 was refused, and is booked");
  }

  @Test
  void booked_twice_isBroken() {
    notes.did("c", KEY, "pay", payment("p1", 30), DONE, 2);
    book("p1", "a=-30 b=30");
    book("p1", "a=-30 b=30");

    assertBroken(judged(40, 110), "p1 was booked twice");
  }

  @Test
  void booked_withinOneTransferTwice_isBroken() {
    notes.did("c", KEY, "pay", payment("p1", 30), DONE, 2);
    book("p1", "a=-30 b=30 a=-30 b=30");

    assertBroken(judged(40, 110), "p1 changes");
  }

  @Test
  void booked_whatNobodyAskedFor_isBroken() {
    book("p1", "a=-30 b=30");

    assertBroken(judged(70, 80), "nobody asked for it");
  }

  private static Map<String, String> other(String request) {
    return Map.of("request", request, "type", "capture-payment");
  }

  @Test
  void otherRequests_doneRefusedAndUnknown_areAsTheyShouldBe() {
    notes.did("c", KEY, "ask", other("c1"), DONE, 2);
    notes.did("c", KEY, "ask", other("c2"), DONE, 2);
    notes.did("c", KEY, "ask", other("c3"), REFUSED, 3);
    notes.began("c", KEY, "ask", other("c4"), 4);
    notes.began("c", KEY, "ask", other("c5"), 4);
    book("c1", "a=-30 b=30");
    book("c2", "");
    book("c4", "a=-7 b=7");
    notes.did("ledger", KEY, "work", Map.of("request", "w", "entries", "a=5 x=-5"), Map.of(), 9);

    assertThat(judged(68, 87).result()).isEqualTo(HistoryCheck.Result.VALID);
  }

  @Test
  void otherRequest_acknowledgedAndNotBooked_isBroken() {
    notes.did("c", KEY, "ask", other("c1"), DONE, 2);

    assertBroken(judged(100, 50), "c1 was acknowledged, and is not booked");
  }

  @Test
  void otherRequest_refusedAndBooked_isBroken() {
    notes.did("c", KEY, "ask", other("c1"), REFUSED, 2);
    book("c1", "");

    assertBroken(judged(100, 50), "c1 was refused, and is booked");
  }

  @Test
  void ledgersOwnWork_moneyFromNowhere_isBroken() {
    notes.did("ledger", KEY, "work", Map.of("request", "w", "entries", "a=5"), Map.of(), 9);

    assertBroken(judged(105, 50), "sum to 5");
  }

  @Test
  void moneyFromNowhere_isBroken() {
    notes.did("c", KEY, "pay", payment("p1", 30), DONE, 2);
    book("p1", "a=-30 b=30 c=1");

    assertBroken(judged(70, 80), "sum to 1");
  }

  @Test
  void balance_otherThanItsEntries_isBroken() {
    assertBroken(judged(100, 51), "b holds 51, and its entries sum to 50");
  }

  @Test
  void ledger_notRead_isUnknown() {
    assertThat(
            HistoryCheck.of(
                    new HistoryNotes().did("c", KEY, "pay", payment("p1", 30), DONE, 2).history(),
                    Limits.defaults())
                .result())
        .isEqualTo(HistoryCheck.Result.UNKNOWN);
  }
}
