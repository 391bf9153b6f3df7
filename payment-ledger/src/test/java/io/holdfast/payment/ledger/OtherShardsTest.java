package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.scenario.wallet.FreezeAccount;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Events for accounts of other shards, and documents that are made by transactions. */
class OtherShardsTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  record Note(String text) {}

  static final DocumentKind<Note> NOTE = new DocumentKind<>("note", Note.class, "/notes");

  /** Makes a note about an account, once for each text, and tells the owner of another account. */
  static final class MakeNote implements Operation<MakeNote.Request> {

    record Request(AccountId account, AccountId told, String text) {}

    static DocumentId id(Request request) {
      int shard = new ShardMap(TwoNodes.SHARDS).shardOf(request.account());
      return DocumentId.derived(NOTE, shard, request.text());
    }

    @Override
    public String type() {
      return "make-note";
    }

    @Override
    public Class<Request> request() {
      return Request.class;
    }

    @Override
    public Route route() {
      return Route.doing("/notes");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(Request request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(Request request) {
      return Reads.NONE.account(request.account()).document(id(request));
    }

    @Override
    public Plan plan(Request request, Books books) {
      if (books.find(NOTE, id(request)).isPresent()) {
        throw Refusal.conflict("noted", "There is such a note.").exception();
      }
      Note note = new Note(request.text());
      return new Plan(books)
          .put(Document.of(id(request), request.account(), note))
          .tell(new Event(request.account(), "note.made", note))
          .tell(new Event(request.told(), "note.read", note))
          .answer(note);
    }
  }

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name) {
    AccountId id = LEDGER.account(shard, name);
    LEDGER.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, name, "EUR"), "open");
    return id;
  }

  private static CompletableFuture<Reply> note(AccountId of, AccountId told, String key) {
    return LEDGER.ask(OPERATOR, new MakeNote(), new MakeNote.Request(of, told, of.value()), key);
  }

  private static List<String> ask(String database, String sql) {
    DatabaseConfig config = LEDGER.database(database);
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet row = statement.getResultSet()) {
          while (row.next()) {
            rows.add(row.getString(1));
          }
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> events(String database, AccountId account) {
    return ask(
        database,
        "SELECT shard || ' ' || type FROM event WHERE account = '" + account + "' ORDER BY seq");
  }

  private static long documents(AccountId of) {
    return ask("a", "SELECT id FROM document WHERE account = '" + of + "'").size();
  }

  @Test
  void tell_ofAnAccountElsewhere_isInItsShard() {
    AccountId here = wallet(0, "anna");
    AccountId there = wallet(1, "bert");
    LEDGER.run(OPERATOR, new FreezeAccount(), new FreezeAccount.Request(there, "a test"), "freeze");

    assertThat(note(here, there, "k").join().refusal()).isEmpty();
    assertThat(note(here, there, "k").join().origin()).isEqualTo(Reply.Origin.REPLAYED);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(events("b", there)).containsExactly("1 account.frozen", "1 note.read"));
    assertThat(events("a", here)).containsExactly("0 note.made");
    assertThat(events("a", there)).isEmpty();
    assertThat(LEDGER.nodes.get(0).reader().documentsOf(here, "note", "", 10)).hasSize(1);
  }

  @Test
  void tell_ofAnUnknownAccount_isRefusedAndLeavesNoDocument() {
    AccountId here = wallet(2, "carl");
    for (int shard : List.of(2, 3)) {
      AccountId nobody = LEDGER.account(shard, "nobody");
      assertThat(note(here, nobody, "k" + shard).join().refusal().map(Refusal::code))
          .contains("unknown-account");
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(documents(here)).isZero());
    assertThat(events("a", here)).isEmpty();
    assertThat(note(here, wallet(3, "dora"), "again").join().refusal()).isEmpty();
  }

  @Test
  void put_ofTheSameNewDocumentByManyAtOnce_happensOnce() {
    AccountId here = wallet(4, "emil");
    AccountId there = wallet(5, "fred");
    List<CompletableFuture<Reply>> asked = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      asked.add(note(here, there, "k" + i));
    }
    int made = 0;
    for (int i = 0; i < asked.size(); i++) {
      Reply reply = patient(asked.get(i), here, there, "k" + i);
      made += reply.refusal().isEmpty() ? 1 : 0;
      assertThat(reply.refusal().map(Refusal::code).orElse("noted")).isEqualTo("noted");
    }
    assertThat(made).isEqualTo(1);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(events("b", there)).hasSize(1));
    assertThat(events("a", here)).hasSize(1);
  }

  /** As a client does that is told to ask again. */
  private static Reply patient(
      CompletableFuture<Reply> asked, AccountId here, AccountId there, String key) {
    CompletableFuture<Reply> latest = asked;
    while (true) {
      try {
        return latest.join();
      } catch (CompletionException e) {
        assertThat(e).hasCauseInstanceOf(InFlightException.class);
        latest = note(here, there, key);
      }
    }
  }

  @Test
  void document_ofATransactionUnderWay_isNotSeen() {
    AccountId here = wallet(6, "gina");
    assertThat(note(here, here, "k").join().refusal()).isEmpty();
    ask("a", "UPDATE document SET fresh = true, locked_by = 'x' WHERE account = '" + here + "'");
    LedgerReader reader = LEDGER.nodes.get(0).reader();
    DocumentId id = MakeNote.id(new MakeNote.Request(here, here, here.value()));
    assertThat(reader.document(id)).isEmpty();
    assertThat(reader.documentsOf(here, "note", "", 10)).isEmpty();
    ask("a", "UPDATE document SET fresh = false, locked_by = NULL");
    assertThat(reader.document(id)).isPresent();
    assertThat(reader.documentsOf(here, "note", "", 10)).hasSize(1);
  }
}
