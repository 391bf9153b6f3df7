package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Closing;
import io.holdfast.lock.ConvertibleGrant;
import io.holdfast.lock.DistributedLock;
import io.holdfast.lock.LockConfig;
import io.holdfast.lock.LockGrant;
import io.holdfast.lock.Locks;
import io.holdfast.lock.NamedLock;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * {@link LockGrant#guard} is a condition on one hold: whatever follows it, in this process or
 * another, in this lock's place or one of its own, the condition is not fulfilled again.
 */
public abstract class GuardContract extends TwoClients {

  private static final Key ACCOUNT = Key.of("accounts", "alice");
  private static final LockConfig KEPT =
      LockConfig.defaults().withRetention(Duration.ofSeconds(60));
  private static final int OFTEN = 20;

  private static Transaction write(String text) {
    return Transaction.EMPTY.put(ACCOUNT, Payload.utf8(text));
  }

  private static DistributedLock shared(Coordinator coordinator, LockConfig options) {
    return new Locks(coordinator).lock("orders", options).exclusive();
  }

  private static NamedLock stock(Coordinator coordinator) {
    return new Locks(coordinator).lock("stock");
  }

  /** Whether it took effect, committed by a session of ours or of another client. */
  private static boolean commits(Coordinator by, Transaction transaction) {
    return outcome(by.commit(transaction));
  }

  private static boolean outcome(Future<?> commit) {
    try {
      commit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(GuardFailedException.class);
      return false;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void assertRefused(Transaction transaction) {
    assertThat(commits(first, transaction)).isFalse();
    assertThat(commits(second, transaction)).isFalse();
  }

  private void assertCommits(Transaction transaction) {
    assertThat(commits(first, transaction)).isTrue();
    assertThat(commits(second, transaction)).isTrue();
  }

  @Test
  void guard_lockHandedOver_isNotFulfilledForTheNext() throws InterruptedException {
    LockGrant grant = shared(first, LockConfig.defaults()).acquire();
    Transaction guarded = grant.guard(write("old"));
    CompletableFuture<LockGrant> waiting = shared(first, LockConfig.defaults()).acquireAsync();

    grant.close();

    LockGrant next = get(waiting);
    assertThat(next.token()).isGreaterThan(grant.token());
    assertRefused(guarded);
    assertRefused(grant.guard(write("older still")));
    assertCommits(next.guard(write("new")));
    next.close();
  }

  @Test
  void guard_lockKept_isNotFulfilledForTheNext() throws InterruptedException {
    LockGrant grant = shared(first, KEPT).acquire();
    Transaction guarded = grant.guard(write("old"));
    assertCommits(guarded);

    grant.close();

    assertRefused(guarded);
    LockGrant next = shared(first, KEPT).acquire();
    assertRefused(guarded);
    next.close();
  }

  @Test
  void guard_askedForAfterTheEnd_isNeverFulfilled() throws InterruptedException {
    LockGrant kept = shared(first, KEPT).acquire();
    kept.close();
    assertRefused(kept.guard(write("kept")));
    LockGrant next = shared(first, KEPT).acquire();
    assertThat(next.token().revision()).isEqualTo(kept.token().revision());
    assertRefused(kept.guard(write("kept")));
    next.close();

    LockGrant own =
        new Locks(first)
            .lock("own", LockConfig.unshared().withClosing(Closing.AT_ONCE))
            .exclusive()
            .acquire();
    own.close();
    assertRefused(own.guard(write("own")));
    assertThat(get(new LockQueues(second).queue("own"))).isEmpty();
  }

  /** The guard is asked for while the hold ends: one of the two comes first. */
  @Test
  void guard_askedForAsTheHoldEnds_isNotFulfilledForTheNext() throws InterruptedException {
    for (int i = 0; i < OFTEN; i++) {
      LockGrant grant = shared(first, KEPT).acquire();
      Future<Transaction> guarded = threads.submit(() -> grant.guard(write("old")));
      grant.close();
      try (LockGrant next = shared(first, KEPT).acquire()) {
        assertThat(next.token()).isGreaterThan(grant.token());
        assertThat(commits(second, get(guarded))).isFalse();
      }
    }
  }

  /** What is under way when the hold ends is done before the next holds, or never. */
  @Test
  void guard_commitUnderWayAsTheHoldEnds_isSettledBeforeTheNextHolds() throws InterruptedException {
    Locks locks = new Locks(first);
    for (DistributedLock lock :
        new DistributedLock[] {
          locks.lock("own", LockConfig.unshared().withClosing(Closing.AT_ONCE)).exclusive(),
          locks.lock("shared", KEPT.withClosing(Closing.AT_ONCE)).exclusive()
        }) {
      for (int i = 0; i < OFTEN; i++) {
        LockGrant grant = lock.acquire();
        Session session = (i % 2 == 0 ? first : second).current().orElseThrow();
        String text = grant.token().toString();
        Future<?> commit = session.commit(grant.guard(write(text)));
        grant.close();
        try (LockGrant next = lock.acquire()) {
          assertThat(next.token()).isGreaterThan(grant.token());
          Optional<String> seen = account();
          boolean done = outcome(commit);
          assertThat(seen.filter(text::equals).isPresent()).isEqualTo(done);
        }
      }
    }
  }

  private Optional<String> account() {
    Snapshot accounts =
        get(first.current().orElseThrow().list(ACCOUNT.parent(), Consistency.LINEARIZABLE));
    return accounts.entries().stream().findFirst().map(entry -> entry.payload().text());
  }

  @Test
  void guard_severalLocks_endsWithAnyOfThem() throws InterruptedException {
    Locks locks = new Locks(first);
    LockQueues queues = new LockQueues(first);
    LockGrant grant = locks.all(locks.lock("a").exclusive(), stock(first).read()).acquire();
    Transaction guarded = grant.guard(write("old"));
    assertCommits(guarded);

    get(new LockQueues(second).forceRelease(get(queues.queue("stock")).get(0), "stuck"));

    assertRefused(guarded);
    grant.close();
    LockGrant again = locks.all(locks.lock("a").exclusive(), stock(first).read()).acquire();
    Transaction anew = again.guard(write("new"));
    again.close();
    assertRefused(guarded);
    assertRefused(anew);
  }

  @Test
  void guard_ofAWriter_endsWithItsDowngrade() throws InterruptedException {
    ConvertibleGrant grant = stock(first).downgradable().acquire();
    Transaction writing = grant.guard(write("as a writer"));
    assertCommits(writing);

    get(grant.downgrade());

    assertRefused(writing);
    Transaction reading = grant.guard(write("as a reader"));
    assertCommits(reading);
    grant.close();
    assertRefused(reading);
  }

  @Test
  void guard_ofAnUpgradedReader_endsWithTheWritingAndTheReadingGoesOn()
      throws InterruptedException {
    ConvertibleGrant grant = stock(first).upgradable().acquire();
    Transaction reading = grant.guard(write("as a reader"));
    LockGrant writer = grant.upgrade();
    Transaction writing = writer.guard(write("as a writer"));
    assertCommits(reading);
    assertCommits(writing);

    writer.close();

    assertRefused(writing);
    assertRefused(writer.guard(write("as a writer")));
    assertCommits(reading);
    LockGrant again = grant.upgrade();
    assertRefused(writing);
    Transaction last = again.guard(write("as a writer"));
    grant.close();
    assertRefused(last);
    assertRefused(reading);
  }

  @Test
  void guard_ofAnUpgradableReader_endsWithItsDowngrade() throws InterruptedException {
    ConvertibleGrant grant = stock(first).upgradable().acquire();
    Transaction upgradable = grant.guard(write("upgradable"));

    get(grant.downgrade());

    assertRefused(upgradable);
    assertCommits(grant.guard(write("as a reader")));
    grant.close();
  }
}
