package io.holdfast.transaction.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.DoomedProcess.Halt;
import java.io.File;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Money between two real databases, with the decision in one cluster or another. Each test has
 * databases of its own on servers that it shares, so classes run side by side.
 */
@Timeout(180)
abstract class CommitContract {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final long OPENING = 100;

  private final List<AutoCloseable> opened = new ArrayList<>();
  final String namespace = "commit/" + UUID.randomUUID();
  final String account = UUID.randomUUID().toString();

  /** A client of the cluster under test. */
  abstract Coordinator connect(String namespace, CoordinatorOptions options);

  /** The address of the cluster for another process; empty if it is in this one. */
  abstract String uri(String namespace);

  /** The cluster answers no more. */
  abstract void silence();

  /** Ends a {@link #silence}. */
  abstract void speak();

  /** Where money comes from, one for the class. */
  abstract Accounts first();

  /** Where it goes, one for the class. */
  abstract Accounts second();

  /** The same on a server that is killed, by whoever holds {@link Servers#MORTAL}. */
  abstract Accounts mortal();

  abstract void killMortal();

  abstract void restartMortal();

  @AfterEach
  final void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  final <T extends AutoCloseable> T owned(T resource) {
    opened.add(resource);
    return resource;
  }

  final Participant participant(String name, Accounts accounts) throws SQLException {
    Participant opened = accounts.participant(name);
    owned((AutoCloseable) opened);
    return opened;
  }

  final Transactions transactions(String name, Participant... participants) {
    Coordinator coordinator = owned(connect(namespace, DoomedProcess.options(name)));
    return owned(
        new Transactions(
            coordinator,
            TransactionOptions.defaults().withTimeout(Duration.ofSeconds(20)),
            List.of(participants)));
  }

  static void awaitVisible(Transactions transactions, Outcome outcome) throws Exception {
    Outcome.Committed committed = (Outcome.Committed) outcome;
    transactions.awaitVisible(committed.token()).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** The two databases of a test, a participant of each, and what is done with them. */
  final class Pair {
    final Accounts from;
    final Accounts to;
    final Meddling debit;
    final Meddling credit;

    /** Nobody meddles. */
    Pair(Accounts from, Accounts to) throws SQLException {
      this(
          from,
          to,
          new Meddling(participant("first", from)),
          new Meddling(participant("second", to)));
    }

    Pair(Accounts from, Accounts to, Meddling debit, Meddling credit) {
      this.from = from;
      this.to = to;
      this.debit = debit;
      this.credit = credit;
      from.put(account, OPENING);
      to.put(account, OPENING);
    }

    Transactions transactions(String name) {
      return CommitContract.this.transactions(name, debit, credit);
    }

    DistributedTransaction transfer(Transactions transactions, int amount) {
      return enlist(transactions.begin(), amount);
    }

    DistributedTransaction enlist(DistributedTransaction transaction, int amount) {
      return transaction
          .enlist(debit.branch(from.change(debit.real(), account, -amount)))
          .enlist(credit.branch(to.change(credit.real(), account, amount)));
    }

    void expectMoved(long amount) {
      CommitContract.expectMoved(from, to, account, amount);
    }
  }

  static void expectMoved(Accounts from, Accounts to, String account, long amount) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(from.prepared()).isEmpty();
              assertThat(to.prepared()).isEmpty();
              assertThat(from.balance(account)).as(account).isEqualTo(OPENING - amount);
              assertThat(to.balance(account)).as(account).isEqualTo(OPENING + amount);
            });
  }

  @Test
  final void transfer_nothingFails_isCommittedInBoth() throws Exception {
    Pair pair = new Pair(first(), second());
    Transactions transactions = pair.transactions("one");

    awaitVisible(transactions, pair.transfer(transactions, 30).commit());

    assertThat(first().balance(account)).isEqualTo(OPENING - 30);
    assertThat(second().balance(account)).isEqualTo(OPENING + 30);
  }

  @Test
  final void transfer_constraintViolatedInOne_isAbortedInBoth() throws Exception {
    Pair pair = new Pair(first(), second());

    Outcome outcome = pair.transfer(pair.transactions("one"), 300).commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    assertThat(((Outcome.Aborted) outcome).reason()).isEqualTo(Reason.REFUSED);
    assertThat(((Outcome.Aborted) outcome).detail()).as("says where").contains("(branch ");
    assertThat(((Outcome.Aborted) outcome).cause()).isPresent();
    pair.expectMoved(0);
  }

  @Test
  final void transfer_rowNotThere_isAbortedInBoth() throws Exception {
    Pair pair = new Pair(first(), second());
    Participant second = pair.credit.real();

    Outcome outcome =
        pair.transactions("one")
            .begin()
            .enlist(pair.debit.branch(first().change(pair.debit.real(), account, -30)))
            .enlist(pair.credit.branch(second().change(second, "nobody", 30)))
            .commit();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    pair.expectMoved(0);
  }

  /** Where the process may halt. */
  abstract List<Halt> halts();

  /** Two others are there, and both set about what it leaves. */
  @Test
  final void coordinatorKilled_whereverItIs_othersSettleWhatItHasLeft() throws Exception {
    String uri = uri(namespace);
    assumeFalse(uri.isEmpty(), "the cluster is in this process");
    for (Halt halt : halts()) {
      first().put(halt.account(account), OPENING);
      second().put(halt.account(account), OPENING);
    }
    for (String name : List.of("one", "other")) {
      transactions(name, participant("first", first()), participant("second", second()));
    }

    Process doomed =
        new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                DoomedProcess.class.getName(),
                uri,
                first().url(),
                second().url(),
                account,
                halts().stream().map(Halt::name).collect(Collectors.joining(",")))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    owned(doomed::destroyForcibly);
    assertThat(doomed.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(doomed.exitValue()).isEqualTo(DoomedProcess.STATUS);

    for (Halt halt : halts()) {
      expectMoved(first(), second(), halt.account(account), halt.commits() ? 30 : 0);
    }
  }

  @Test
  @ResourceLock(Servers.MORTAL)
  final void participantKilled_afterTheDecision_commitsWhenItIsBack() throws Exception {
    AtomicBoolean once = new AtomicBoolean();
    Meddling killed =
        new Meddling(participant("second", mortal())) {
          @Override
          void beforeCommit() {
            if (once.compareAndSet(false, true)) {
              killMortal();
            }
          }
        };
    Pair pair = new Pair(first(), mortal(), new Meddling(participant("first", first())), killed);

    Outcome outcome = pair.transfer(pair.transactions("one"), 30).commit();
    await().atMost(PATIENCE).untilTrue(once);
    restartMortal();

    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    pair.expectMoved(30);
  }

  @Test
  @ResourceLock(Servers.MORTAL)
  final void participantKilled_beforeItPrepares_isAbortedInTheOther() throws Exception {
    Meddling killed =
        new Meddling(participant("second", mortal())) {
          @Override
          void beforePrepare() {
            killMortal();
          }
        };
    Pair pair = new Pair(first(), mortal(), new Meddling(participant("first", first())), killed);

    Outcome outcome = pair.transfer(pair.transactions("one"), 30).commit();
    restartMortal();

    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    pair.expectMoved(0);
  }

  @Test
  final void quorumLost_whileItIsDecided_isUnknownAndThenKnown() throws Exception {
    Meddling debit = new SilencesAtSecondVote(participant("first", first()));
    Meddling credit = new SilencesAtSecondVote(participant("second", second()));
    Pair pair = new Pair(first(), second(), debit, credit);
    Transactions transactions = pair.transactions("one");
    assertThat(pair.transfer(transactions, 1).commit()).isInstanceOf(Outcome.Committed.class);
    votesUntilSilence.set(2);

    CompletableFuture<Outcome> committing =
        pair.enlist(transactions.begin(Duration.ofSeconds(2)), 29).commitAsync();
    Outcome outcome = committing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    speak();

    Outcome known =
        outcome instanceof Outcome.Unknown unknown
            ? unknown.resolution().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            : outcome;
    assertThat(outcome).isNotInstanceOf(Outcome.Committed.class);
    pair.expectMoved(known instanceof Outcome.Committed ? 30 : 1);
  }

  /** Silence comes when it falls to zero. */
  private final AtomicInteger votesUntilSilence = new AtomicInteger();

  private final class SilencesAtSecondVote extends Meddling {
    SilencesAtSecondVote(Participant real) {
      super(real);
    }

    @Override
    void prepared() {
      if (votesUntilSilence.decrementAndGet() == 0) {
        silence();
      }
    }
  }

  @Test
  final void recovery_racesWithALatePrepare_theLateBranchIsAbortedToo() throws Exception {
    CompletableFuture<Void> released = new CompletableFuture<>();
    Coordinator coordinator = owned(connect(namespace, DoomedProcess.options("zombie")));
    transactions("survivor", participant("first", first()), participant("second", second()));
    Meddling late =
        new Meddling(participant("second", second())) {
          @Override
          void beforePrepare() {
            // The cluster gives the coordinator up between one prepare and the next.
            coordinator.current().orElseThrow().close();
          }

          @Override
          void prepared() {
            released.complete(null);
          }
        };
    Pair pair = new Pair(first(), second(), new Meddling(participant("first", first())), late);
    Transactions zombie = owned(new Transactions(coordinator, List.of(pair.debit, late)));

    Outcome outcome =
        pair.transfer(zombie, 30).commitAsync().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(released).isDone();
    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    pair.expectMoved(0);
  }
}
