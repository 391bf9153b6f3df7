package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What waits longer than whoever asked for it is not begun. */
class OverloadTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name, long amount) {
    AccountId id = LEDGER.account(shard, name);
    LEDGER.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, name, "EUR"), "open");
    if (amount > 0) {
      LEDGER.run(OPERATOR, new Fund(), new Fund.Request(id, amount, "EUR", "a test"), "fund");
    }
    return id;
  }

  private static CompletableFuture<Reply> pay(AccountId from, AccountId to, Deadline deadline) {
    return LEDGER
        .owner(0)
        .execute(
            Caller.of("early", Role.CUSTOMER),
            new Transfer(),
            new Transfer.Request(from, to, 40, "EUR"),
            new IdempotencyKey("k"),
            Trace.NONE,
            deadline);
  }

  /** Neither the payer's shard nor the payee's, in another database, has done anything. */
  @Test
  void execute_overTwoDatabases_afterItsDeadline_hasNoEffectAndCanBeAskedAgain() throws Exception {
    AccountId from = wallet(0, "early", 100);
    AccountId to = wallet(1, "early-payee", 0);
    LEDGER.preparedLast = "nothing";

    CompletableFuture<Reply> late = pay(from, to, Deadline.in(Duration.ZERO, () -> 0));

    assertThatThrownBy(() -> late.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ExpiredException.class);
    assertThat(LEDGER.preparedLast).isEqualTo("nothing");
    Audit audit = new Audit(LEDGER.databases(), List.of());
    await().atMost(PATIENCE).until(() -> audit.underWay() == 0);
    assertThat(LEDGER.account(from).available()).isEqualTo(100);

    assertThat(pay(from, to, Deadline.NONE).get(60, TimeUnit.SECONDS).origin())
        .isEqualTo(Reply.Origin.EXECUTED);
    await().atMost(PATIENCE).until(() -> LEDGER.account(to).posted() == 40);
  }

  /** A request whose plan takes a unit of time, of which the test gives so many. */
  private record Metered(Semaphore units) implements Operation<Metered.Request> {
    record Request(AccountId account) {}

    @Override
    public String type() {
      return "metered";
    }

    @Override
    public Class<Metered.Request> request() {
      return Metered.Request.class;
    }

    @Override
    public Route route() {
      return Route.doing("/metered");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(Metered.Request request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(Metered.Request request) {
      return Reads.NONE;
    }

    @Override
    public Plan plan(Metered.Request request, Books books) {
      units.acquireUninterruptibly();
      return new Plan(books);
    }
  }

  /**
   * A shard that does one request in a unit of time, and clients that wait for {@link #TIMEOUT}
   * units and then ask again, three times in all. Time passes when the shard has done what it can.
   */
  private static final class World {
    static final int STEP = 50;
    static final int TIMEOUT = 600;
    static final int TRIES = 3;

    final AccountId account = wallet(2, "busy", 0);
    final AtomicLong now = new AtomicLong();
    final Semaphore units = new Semaphore(0);
    List<Attempt> attempts = new ArrayList<>();
    int clients;

    private record Attempt(int client, int number, long at, CompletableFuture<Reply> reply) {}

    private Attempt ask(int client, int number) {
      Deadline deadline = Deadline.in(Duration.ofNanos(TIMEOUT / 2), now::get);
      CompletableFuture<Reply> reply =
          LEDGER
              .owner(2)
              .execute(
                  OPERATOR,
                  new Metered(units),
                  new Metered.Request(account),
                  new IdempotencyKey("client-" + client),
                  Trace.NONE,
                  deadline);
      return new Attempt(client, number, now.get(), reply);
    }

    /**
     * One step passes.
     *
     * @return so many clients got an answer while they waited for it
     */
    int step(int newClients) {
      for (int i = 0; i < newClients; i++) {
        attempts.add(ask(clients++, 1));
      }
      units.release(STEP);
      List<CompletableFuture<Reply>> asked = attempts.stream().map(Attempt::reply).toList();
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .atMost(PATIENCE)
          .until(
              () ->
                  (units.availablePermits() == 0 && units.hasQueuedThreads())
                      || asked.stream().allMatch(CompletableFuture::isDone));
      units.drainPermits();
      now.addAndGet(STEP);
      int served = 0;
      List<Attempt> left = new ArrayList<>();
      for (Attempt each : attempts) {
        boolean waits = now.get() - each.at() < TIMEOUT;
        if (each.reply().isDone() && !each.reply().isCompletedExceptionally()) {
          served++;
        } else if (waits && !each.reply().isDone()) {
          left.add(each);
        } else if (each.number() < TRIES) {
          left.add(ask(each.client(), each.number() + 1));
        }
      }
      attempts = left;
      return served;
    }

    int steps(int count, int newClients) {
      int served = 0;
      for (int i = 0; i < count; i++) {
        served += step(newClients);
      }
      return served;
    }

    void end() {
      units.release(1_000_000);
      attempts.forEach(each -> each.reply().exceptionally(failure -> null).join());
    }
  }

  /** Else the shard would be at work for those that have gone, and late for all who come. */
  @Test
  void shard_thriceWhatItCanDo_servesWhatItCanAndAllOfWhatComesAfterwards() {
    World world = new World();
    try {
      world.steps(20, 3 * World.STEP);
      int overloaded = world.steps(20, 3 * World.STEP);
      world.steps(10, World.STEP / 2);
      int afterwards = world.steps(20, World.STEP / 2);

      assertThat(overloaded).isGreaterThan(20 * World.STEP * 6 / 10);
      assertThat(afterwards).isGreaterThan(20 * World.STEP / 2 * 8 / 10);
    } finally {
      world.end();
    }
  }
}
