package io.holdfast.spring.commit;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Transactions;
import io.holdfast.transaction.jdbc.OpenBranch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** One global transaction, from its begin to its end. Used by its thread only. */
final class GlobalWork {

  private static final Logger LOG = LoggerFactory.getLogger(GlobalWork.class);
  private static final Duration LEAST = Duration.ofMillis(1);

  private final String name;
  private final long deadline;
  private final List<EnlistedDatabase> databases;
  private final List<EnlistedConnection> connections = new ArrayList<>();
  private final List<Branch> others = new ArrayList<>();
  private final GlobalObservation observation;
  private boolean rollbackOnly;
  private boolean over;

  /**
   * Begins; asks no database.
   *
   * @param settings what each database is told first
   * @param observation of it
   */
  GlobalWork(
      String name,
      Duration timeout,
      List<EnlistedDatabase> databases,
      List<String> settings,
      GlobalObservation observation) {
    this.name = name;
    this.deadline = System.nanoTime() + timeout.toNanos();
    this.databases = databases;
    this.observation = observation;
    databases.forEach(each -> connections.add(EnlistedConnection.of(each, settings, this::left)));
  }

  String name() {
    return name;
  }

  GlobalObservation observation() {
    return observation;
  }

  /** At least a millisecond. */
  private Duration left() {
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** Has the thread's work in the databases take part. */
  void bind() {
    for (int i = 0; i < connections.size(); i++) {
      TransactionSynchronizationManager.bindResource(databases.get(i).source(), connections.get(i));
    }
  }

  /** Ends {@link #bind}, for a while or for ever. */
  void unbind() {
    databases.forEach(
        each -> TransactionSynchronizationManager.unbindResourceIfPossible(each.source()));
  }

  /** The participant whose database has another transaction of this thread now, if one has. */
  Optional<String> hidden() {
    for (int i = 0; i < connections.size(); i++) {
      EnlistedDatabase database = databases.get(i);
      if (TransactionSynchronizationManager.getResource(database.source()) != connections.get(i)) {
        return Optional.of(database.participant().name());
      }
    }
    return Optional.empty();
  }

  void enlist(Branch branch) {
    if (over) {
      throw new IllegalTransactionStateException(
          "global transaction " + name + " is over: nothing can be enlisted in it any more");
    }
    others.add(branch);
  }

  void setRollbackOnly() {
    rollbackOnly = true;
  }

  /** True if a part of it has failed, which may be a transaction that has joined it. */
  boolean isRollbackOnly() {
    return rollbackOnly || connections.stream().anyMatch(EnlistedConnection::isRollbackOnly);
  }

  /** Whoever is told of the end, which is as if within it, must not work in it. */
  private void end() {
    over = true;
    connections.forEach(EnlistedConnection::end);
  }

  /** Of the databases that were used. */
  private List<OpenBranch> open() {
    return connections.stream().flatMap(each -> each.branch().stream()).toList();
  }

  /** Blocks for a round trip to each database that was used. */
  void rollBack() {
    end();
    open().forEach(OpenBranch::close);
    others.forEach(Branch::discard);
  }

  /**
   * Commits it. What is not handed to the commit is rolled back.
   *
   * @param visibleWithin how long to wait for its effects
   * @throws GlobalTransactionAbortedException if it has not taken effect
   * @throws GlobalTransactionUnknownException if that is not known
   */
  void commit(Transactions transactions, Duration visibleWithin) {
    try {
      commitUnobserved(transactions, visibleWithin);
      observation.ended("committed");
    } catch (GlobalTransactionUnknownException e) {
      observation.failed("unknown", e);
      throw e;
    } catch (RuntimeException e) {
      observation.failed("aborted", e);
      throw e;
    }
  }

  private void commitUnobserved(Transactions transactions, Duration visibleWithin) {
    end();
    if (deadline - System.nanoTime() <= 0) {
      rollBack();
      throw new GlobalTransactionAbortedException(
          name, Outcome.Reason.TIMED_OUT, "time was up before its commit", Optional.empty());
    }
    List<OpenBranch> open = open();
    if (open.isEmpty() && others.isEmpty()) {
      return;
    }
    try (DistributedTransaction transaction = transactions.begin(left())) {
      open.forEach(transaction::enlist);
      others.forEach(transaction::enlist);
      Outcome outcome = transaction.commit();
      if (outcome instanceof Outcome.Aborted aborted) {
        throw new GlobalTransactionAbortedException(name, aborted);
      }
      if (outcome instanceof Outcome.Unknown unknown) {
        throw new GlobalTransactionUnknownException(name, transaction.id(), unknown.resolution());
      }
      awaitVisible(transaction, visibleWithin);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GlobalTransactionAbortedException(
          name, Outcome.Reason.CANCELLED, "interrupted", Optional.of(e));
    } finally {
      open.forEach(OpenBranch::close);
    }
  }

  /** It is committed, however this ends. */
  private void awaitVisible(DistributedTransaction transaction, Duration within) {
    if (within.isZero()) {
      return;
    }
    try {
      transaction.settled().get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      LOG.info("{} ({}) is committed, and not yet to be seen everywhere", name, transaction);
    }
  }
}
