package io.holdfast.payment.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, transactions, what is under way, and where shards are. */
@ResourceLock(AuditedBooks.LOCK)
class AuditOfRequestsTest {

  private static final String A0 = " a, shard 0";
  private static final String B3 = " b, shard 3";
  private static final AuditedBooks BOOKS = AuditedBooks.made();
  private static final String BRANCH = "hf:abcd:e:7:0";
  private Damage damage;

  @BeforeEach
  void begin() throws SQLException {
    damage = new Damage(BOOKS);
  }

  @AfterEach
  void undo() throws SQLException {
    damage.close();
  }

  /** A transfer's part in gus' shard, as if it had never come there. */
  private void removeLastInShard3() throws SQLException {
    long seq = damage.seq("b", 3, "last");
    damage
        .change("b", "DELETE FROM entry WHERE shard = 3 AND seq = ?", seq)
        .change("b", "DELETE FROM journal WHERE shard = 3 AND seq = ?", seq)
        .change(
            "b",
            "UPDATE shard s SET seq = j.seq, hash = j.hash FROM journal j"
                + " WHERE s.shard = 3 AND j.shard = 3 AND j.seq = ?",
            seq - 1)
        .change("b", "UPDATE account SET posted = 0 WHERE shard = 3 AND posted <> 0");
  }

  @Test
  void run_transactionInOneOfItsShardsOnly_findsIt() throws SQLException {
    removeLastInShard3();
    assertThat(damage.found())
        .containsExactlyInAnyOrder("TRANSACTION ledger", "CLEARING ledger", "ACKNOWLEDGED clients");
  }

  @Test
  void run_partOfWhatWasDoneAtOnceNamesNothing_findsIt() throws SQLException {
    damage.change("a", "UPDATE journal SET transaction = NULL WHERE shard = 2 AND key = 'near'");
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "CHAIN a, shard 2", "OPERATION a, shard 2", "TRANSACTION ledger");
  }

  @Test
  void run_transactionNotSettledInOneShard_isUnderWayOnly() throws SQLException {
    String transaction = transaction();
    removeLastInShard3();
    damage
        .change(
            "b",
            "INSERT INTO branch VALUES (3, ?, now(), '{\"held\":{},\"incoming\":{\""
                + BOOKS.gus
                + "\":10}}')",
            "hf:" + transaction + ":1")
        .change("b", "UPDATE account SET incoming = 10 WHERE id = ?", BOOKS.gus.value());
    assertThat(damage.found()).containsExactlyInAnyOrder("UNDER_WAY b", "ACKNOWLEDGED clients");
  }

  private String transaction() throws SQLException {
    String[] name = new String[1];
    new Snapshot("b", damage.connection("b"))
        .each(
            row -> name[0] = row.getString(1),
            "SELECT transaction FROM journal WHERE shard = 3 AND key = 'last'");
    return name[0];
  }

  @Test
  void run_partsOfDifferentRequests_findsTheTransaction() throws SQLException {
    damage.change("b", "UPDATE journal SET key = 'other' WHERE shard = 3 AND key = 'last'");
    assertThat(damage.found())
        .containsExactlyInAnyOrder("CHAIN" + B3, "TRANSACTION ledger", "ACKNOWLEDGED clients");
  }

  @Test
  void run_requestWithTwoJournalRows_findsIt() throws SQLException {
    damage.change(
        "a",
        "INSERT INTO journal SELECT j.shard, s.seq + 1, j.at, j.type, j.caller, j.scope, j.key,"
            + " j.transaction, j.request, j.hash FROM journal j JOIN shard s USING (shard)"
            + " WHERE j.shard = 0 AND j.key = 'local'");
    damage.change("a", "UPDATE shard SET seq = seq + 1 WHERE shard = 0");
    long seq = last();
    damage.rehash("a", 0, seq);
    damage.change(
        "a",
        "UPDATE shard SET hash = (SELECT hash FROM journal WHERE shard = 0 AND seq = ?)"
            + " WHERE shard = 0",
        seq);
    assertThat(damage.found()).containsExactly("DUPLICATE" + A0);
  }

  private long last() throws SQLException {
    long[] seq = new long[1];
    new Snapshot("a", damage.connection("a"))
        .each(row -> seq[0] = row.getLong(1), "SELECT seq FROM shard WHERE shard = 0");
    return seq[0];
  }

  @Test
  void run_requestRemoved_findsItsJournalRow() throws SQLException {
    damage.change("a", "DELETE FROM operation WHERE shard = 0 AND key = 'local'");
    assertThat(damage.found()).containsExactlyInAnyOrder("OPERATION" + A0, "ACKNOWLEDGED clients");
  }

  @Test
  void run_doneWithoutAJournalRow_findsTheRequest() throws SQLException {
    damage.change("a", operation("invented", "'DONE', '{}', NULL"));
    assertThat(damage.found()).containsExactly("OPERATION" + A0);
  }

  private static String operation(String key, String state) {
    return "INSERT INTO operation (shard, caller, scope, key, digest, type, state, answer,"
        + " transaction, node, token, at) SELECT shard, caller, scope, '"
        + key
        + "', digest, type, "
        + state
        + ", node, token, at FROM operation WHERE shard = 0 AND key = 'local'";
  }

  @Test
  void run_typeOfARequestChanged_findsIt() throws SQLException {
    damage.change("a", "UPDATE operation SET type = 'fund' WHERE shard = 0 AND key = 'local'");
    assertThat(damage.found()).containsExactly("OPERATION" + A0);
  }

  @Test
  void run_requestInAnotherShard_findsIt() throws SQLException {
    damage.change("a", "UPDATE operation SET shard = 2 WHERE shard = 0 AND key = 'local'");
    assertThat(damage.found())
        .containsExactlyInAnyOrder(
            "OPERATION" + A0, "OPERATION a, shard 2", "ACKNOWLEDGED clients");
  }

  @Test
  void run_refusedAndInTheJournal_findsIt() throws SQLException {
    damage.change("a", "UPDATE operation SET state = 'REFUSED' WHERE shard = 0 AND key = 'local'");
    assertThat(damage.found()).containsExactlyInAnyOrder("REFUSAL" + A0, "ACKNOWLEDGED clients");
  }

  @Test
  void run_refusedToTheClientAndDone_findsIt() throws SQLException {
    damage.change("a", "UPDATE operation SET state = 'DONE' WHERE shard = 0 AND key = 'too-much'");
    assertThat(damage.found()).containsExactlyInAnyOrder("OPERATION" + A0, "REFUSED clients");
  }

  @Test
  void run_preparedAndNotDecided_isUnderWayWithItsAge() throws SQLException {
    String alice = BOOKS.alice.value();
    damage
        .change(
            "a",
            "INSERT INTO branch VALUES (0, ?, now() - interval '90s', '{\"held\":{\""
                + alice
                + "\":5},\"incoming\":{}}')",
            BRANCH)
        .change("a", "UPDATE account SET held = held + 5 WHERE id = ?", alice)
        .change("a", operation("waiting", "'PENDING', NULL, '" + BRANCH + "'"));
    Findings findings = damage.findings();
    assertThat(findings.wrong().keySet()).containsExactly(Check.UNDER_WAY);
    assertThat(findings.found())
        .extracting(Finding::what)
        .satisfiesExactly(
            branch -> assertThat(branch).contains(BRANCH).containsPattern("due since 9\\d s"),
            request ->
                assertThat(request)
                    .contains("'waiting' of alice")
                    .containsPattern("pending since \\d+ s$"));
  }

  @Test
  void run_pendingWithoutABranch_isToldSo() throws SQLException {
    damage.change("a", operation("waiting", "'PENDING', NULL, '" + BRANCH + "'"));
    assertThat(damage.findings().found())
        .singleElement()
        .satisfies(found -> assertThat(found.what()).endsWith("and its branch is gone"));
  }

  @Test
  void run_lockedByNobody_findsTheLock() throws SQLException {
    damage.change("a", "UPDATE hold SET locked_by = ?", BRANCH);
    damage.change("a", "UPDATE document SET locked_by = ? WHERE kind = 'loan'", BRANCH);
    assertThat(damage.found()).containsExactly("LOCK" + A0, "LOCK" + A0);
  }

  @Test
  void run_shardInTwoDatabases_findsIt() throws SQLException {
    damage.change("b", "UPDATE shard SET state = 'HERE' WHERE shard = 6");
    assertThat(damage.found()).containsExactly("PLACEMENT ledger");
  }

  @Test
  void run_shardInNoDatabase_findsIt() throws SQLException {
    damage.change("a", "UPDATE shard SET state = 'ABSENT' WHERE shard = 6");
    assertThat(damage.found()).containsExactly("PLACEMENT ledger");
  }

  @Test
  void run_rowsOfAShardThatIsElsewhere_findsThem() throws SQLException {
    damage.change("b", "INSERT INTO hold VALUES (6, 'h', 'somebody', 1)");
    assertThat(damage.found()).containsExactly("PLACEMENT b");
  }

  /** Neither by the ledger's own checks nor by a scenario's rules: of this there is no payment. */
  @ParameterizedTest
  @ValueSource(strings = {"state = 'MOVED', moved_to = 'a'", "state = 'ARRIVING'"})
  void run_rowsLeftBehindByAMove_areNotLookedAt(String state) throws SQLException {
    damage.change("b", "INSERT INTO hold VALUES (6, 'pay_006_x', 'somebody', 1)");
    damage.change("b", "UPDATE shard SET " + state + " WHERE shard = 6");
    assertThat(damage.found()).isEmpty();
  }

  @Test
  void run_accountInAnotherShard_findsIt() throws SQLException {
    damage.change("a", "UPDATE account SET shard = 6 WHERE id = ?", BOOKS.erik.value());
    assertThat(damage.found()).containsExactly("PLACEMENT a, shard 6");
  }

  @Test
  void run_databasesOfDifferentLedgers_findsIt() throws SQLException {
    damage.change("b", "UPDATE ledger SET secret = 'x', name = 'c'");
    assertThat(damage.found()).containsExactlyInAnyOrder("PLACEMENT b", "PLACEMENT ledger");
  }
}
