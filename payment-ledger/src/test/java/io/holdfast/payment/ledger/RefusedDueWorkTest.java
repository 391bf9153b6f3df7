package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is due is refused, and may go otherwise later. */
class RefusedDueWorkTest {

  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final DocumentKind<Errand> KIND =
      new DocumentKind<>("errand", Errand.class, "/errands");

  /** So often it is refused before it is done. */
  private static final int REFUSALS = 2;

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger executed = new AtomicInteger();

  private record Errand(boolean done) {}

  private record About(AccountId account) {}

  private record Which(DocumentId errand) {}

  private abstract static class Step<R extends Record> implements Operation<R> {
    private final String type;
    private final Class<R> request;

    Step(String type, Class<R> request) {
      this.type = type;
      this.request = request;
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public Class<R> request() {
      return request;
    }

    @Override
    public Route route() {
      return Route.doing("/" + type);
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR, Role.SYSTEM);
    }
  }

  private static final class Begin extends Step<About> {
    Begin() {
      super("begin", About.class);
    }

    @Override
    public Scope scope(About about) {
      return Scope.of(about.account());
    }

    @Override
    public Reads reads(About about) {
      return Reads.NONE;
    }

    @Override
    public Plan plan(About about, Books books) {
      return new Plan(books)
          .put(
              Document.of(books.newId(KIND), about.account(), new Errand(false))
                  .dueAt(books.now()));
    }
  }

  private final class Finish extends Step<Which> {
    Finish() {
      super("finish", Which.class);
    }

    @Override
    public Scope scope(Which which) {
      return Scope.of(which.errand());
    }

    @Override
    public Reads reads(Which which) {
      return Reads.NONE.document(which.errand());
    }

    @Override
    public Plan plan(Which which, Books books) {
      Document<Errand> document = books.document(KIND, which.errand());
      if (asked.getAndIncrement() < REFUSALS) {
        throw Refusal.conflict("not-now", "It does not fit how things stand.").exception();
      }
      executed.incrementAndGet();
      return new Plan(books).put(document.with(new Errand(true)).notDue());
    }
  }

  /** Its key never changes. */
  private final class Work implements DueWork<Errand> {
    @Override
    public DocumentKind<Errand> kind() {
      return KIND;
    }

    @Override
    public CompletionStage<Optional<Submission<?>>> due(Document<Errand> document) {
      return CompletableFuture.completedFuture(
          Optional.of(
              new Submission<>(
                  new Finish(),
                  new Which(document.id()),
                  new IdempotencyKey("finish:" + document.id()))));
    }
  }

  private final class Errands implements Scenario {
    @Override
    public String name() {
      return "Errands";
    }

    @Override
    public List<Operation<?>> operations() {
      return List.of(new Begin(), new Finish());
    }

    @Override
    public List<DocumentKind<?>> documents() {
      return List.of(KIND);
    }

    @Override
    public List<DueWork<?>> work() {
      return List.of(new Work());
    }

    @Override
    public List<AuditRule> audit() {
      return List.of();
    }
  }

  @Test
  void refused_underAKeyThatStaysTheSame_isAskedAgainAndDoneOnce() {
    try (TwoNodes ledger = new TwoNodes()) {
      AccountId account = ledger.account(0, "errands");
      ledger.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(account, "eve", "EUR"), "open");
      ledger.owner(0).work(new Catalogue(List.of(new Errands())));

      ledger.run(OPERATOR, new Begin(), new About(account), "begin");

      await().atMost(Duration.ofSeconds(30)).until(() -> executed.get() > 0);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  ledger.owner(0).reader().documentsOf(account, KIND.name(), "", 10).stream()
                      .allMatch(errand -> errand.due().isEmpty()));
      assertThat(executed).hasValue(1);
      assertThat(asked).hasValue(REFUSALS + 1);
    }
  }
}
