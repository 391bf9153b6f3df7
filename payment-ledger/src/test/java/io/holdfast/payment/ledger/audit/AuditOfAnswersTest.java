package io.holdfast.payment.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.audit.ClientJournal.Asked;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Line;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients know, the rules of scenarios, and a ledger that is not at rest. */
@ResourceLock(AuditedBooks.LOCK)
class AuditOfAnswersTest {

  private static final AuditedBooks BOOKS = AuditedBooks.made();
  private Damage damage;

  @BeforeEach
  void begin() throws SQLException {
    damage = new Damage(BOOKS);
  }

  @AfterEach
  void undo() throws SQLException {
    damage.close();
  }

  private Findings told(ClientJournal clients) throws SQLException {
    return BOOKS.audit().run(clients);
  }

  private static RequestKey key(String name) {
    return new RequestKey("alice", BOOKS.alice.value(), name);
  }

  @Test
  void run_acknowledgedAndNeverDone_findsIt() throws SQLException {
    ClientJournal clients = new ClientJournal();
    clients.asked(Asked.of("transfer", key("lost")));
    clients.told(key("lost"), Verdict.DONE);
    assertThat(told(clients).found())
        .extracting(Finding::toString)
        .containsExactly(
            "ACKNOWLEDGED, clients: "
                + key("lost")
                + " was acknowledged, and in the books it is not there");
  }

  @Test
  void run_withoutAnAnswer_mayBeInTheBooksOrNot() throws SQLException {
    ClientJournal clients = new ClientJournal();
    clients.asked(Asked.of("transfer", key("lost")));
    clients.asked(
        Asked.of(
            "transfer",
            key("near"),
            new Leg(BOOKS.alice.value(), "EUR", -200),
            new Leg(BOOKS.carol.value(), "EUR", 200)));
    Findings findings = told(clients);
    assertThat(findings.isClean()).isTrue();
    assertThat(findings.looked(Check.UNKNOWN)).isEqualTo(2);
  }

  @Test
  void run_withoutAnAnswerAndDoneOtherwise_findsIt() throws SQLException {
    ClientJournal clients = new ClientJournal();
    clients.asked(Asked.of("transfer", key("near"), new Leg(BOOKS.alice.value(), "EUR", -200)));
    assertThat(told(clients).found()).extracting(Finding::check).containsExactly(Check.UNKNOWN);
  }

  @Test
  void run_effectThatItsClientNeverAskedFor_findsIt() throws SQLException {
    ClientJournal clients = new ClientJournal();
    clients.knowsAllOf("alice");
    BOOKS.clients.lines().values().stream()
        .map(Line::asked)
        .filter(asked -> !asked.key().key().equals("near"))
        .forEach(clients::asked);
    assertThat(told(clients).found())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.check()).isEqualTo(Check.UNASKED);
              assertThat(found.what()).contains("'near' of alice");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "loan; booked,outstanding; 9999; loans: outstanding",
        "topup; amount,amount; 501; what acquirers owe",
        "pay; captured; 39; payments: what they say is what went out",
        "pay; authorised; 99; payments: what is open is held",
        "approval; decider; \"olga\"; what was approved was so by another operator",
        "approval; request,amount; 1; money was brought in as two operators approved"
      })
  void run_documentThatTheBooksDoNotShow_breaksARule(
      String kind, String field, String value, String rule) throws SQLException {
    damage.change(
        "a",
        "UPDATE document SET body = jsonb_set(body, string_to_array(?, ','), ?::jsonb)"
            + " WHERE kind = ?",
        field,
        value,
        kind);
    rule(rule);
  }

  @Test
  void run_documentThatARuleCannotRead_breaksIt() throws SQLException {
    damage.change(
        "a",
        "UPDATE document SET body = jsonb_set(body, '{booked,outstanding}', '\"much\"')"
            + " WHERE kind = 'loan'");
    assertThat(rule("loans: outstanding")).contains("cannot be checked");
  }

  private String rule(String name) throws SQLException {
    List<Finding> found = damage.findings().found();
    assertThat(found).extracting(Finding::check).containsOnly(Check.RULE);
    assertThat(found).extracting(Finding::where).containsOnly("a");
    assertThat(found).anyMatch(each -> each.what().startsWith(name));
    return found.get(0).what();
  }

  /** In place of a table, one that says something else whenever it is looked at. */
  @Test
  void run_ledgerInUse_saysThatItIsNoAudit() throws SQLException {
    damage.execute("b", "ALTER TABLE branch RENAME TO kept");
    damage.execute(
        "b",
        "CREATE VIEW branch AS SELECT 0 AS shard, clock_timestamp()::text AS id,"
            + " now() AS deadline, '{}' AS body");
    damage.commit();
    try {
      assertThat(BOOKS.audit().run().found())
          .extracting(Finding::toString)
          .anyMatch(found -> found.startsWith("UNDER_WAY, ledger: the ledger is in use"));
    } finally {
      damage.execute("b", "DROP VIEW branch CASCADE");
      damage.execute("b", "ALTER TABLE kept RENAME TO branch");
      damage.commit();
    }
  }
}
