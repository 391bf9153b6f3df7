package io.holdfast.transaction;

import io.holdfast.spi.Context;
import io.holdfast.transaction.Outcome.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Branches that are to be committed together or not at all. Committed at most once; thread-safe.
 */
public final class DistributedTransaction implements AutoCloseable {

  private final Context context;
  private final Consumer<Branch> check;
  private final BiFunction<List<Branch>, DecisionPlace, CommitAttempt> committing;

  /** Guarded by this, as is all below. */
  private final List<Branch> branches = new ArrayList<>();

  private DecisionPlace place = DecisionPlace.CLUSTER;
  private boolean closed;
  private @Nullable CommitAttempt attempt;

  DistributedTransaction(
      Context context,
      Consumer<Branch> check,
      BiFunction<List<Branch>, DecisionPlace, CommitAttempt> committing) {
    this.context = context;
    this.check = check;
    this.committing = committing;
  }

  /**
   * Adds a branch.
   *
   * @throws IllegalArgumentException if its participant is none of those of {@link Transactions},
   *     or if the very branch is enlisted already
   * @throws IllegalStateException if the transaction is being committed, has ended, or has 1,000
   *     branches
   */
  public synchronized DistributedTransaction enlist(Branch branch) {
    Objects.requireNonNull(branch, "branch");
    if (closed || attempt != null) {
      throw new IllegalStateException("the transaction takes no more branches");
    }
    if (branches.size() == BranchId.MOST) {
      throw new IllegalStateException("a transaction has at most " + BranchId.MOST + " branches");
    }
    if (branches.stream().anyMatch(each -> each == branch)) {
      throw new IllegalArgumentException("the branch is enlisted already: each is used once");
    }
    check.accept(branch);
    branches.add(branch);
    return this;
  }

  /** Has the decision kept elsewhere than in the cluster. */
  public synchronized DistributedTransaction decidedIn(DecisionPlace where) {
    place = Objects.requireNonNull(where, "where");
    return this;
  }

  /** What it is called, from when it is prepared on; empty with one branch or none. */
  public synchronized Optional<TransactionId> id() {
    return attempt == null ? Optional.empty() : attempt.id();
  }

  /**
   * Commits. Blocks until the decision stands, at most the time-out; the branches themselves are
   * committed behind. One branch alone may be worked on by this thread, which an interrupt does not
   * end once it has begun; code of the application that is such a branch must end by itself in
   * time, and so must the pool that this thread asks for a connection.
   *
   * @return one of three. If the thread is interrupted and the transaction is not aborted by that,
   *     what is known of it, with the thread's interrupt status set
   * @throws InterruptedException if interrupted; then it is aborted
   * @throws IllegalStateException if it was committed or closed before, is to be decided in a last
   *     branch that cannot, or makes or loses money, see {@link BalancedBranch}
   */
  public Outcome commit() throws InterruptedException {
    CommitAttempt started = attempt();
    started.startHere();
    try {
      Outcome outcome = started.answer().get();
      if (outcome instanceof Outcome.Aborted && Thread.interrupted()) {
        throw new InterruptedException("aborted: " + outcome);
      }
      return outcome;
    } catch (InterruptedException e) {
      context.execute(() -> started.giveUp(Reason.CANCELLED));
      Outcome outcome = started.answer().join();
      if (outcome instanceof Outcome.Aborted) {
        throw e;
      }
      Thread.currentThread().interrupt();
      return outcome;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a commit has an outcome, always", e);
    }
  }

  /**
   * Commits without a thread.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; never fails. Cancelling it gives
   *     up: it is then aborted unless it was decided before
   * @throws IllegalStateException if it was committed or closed before, is to be decided in a last
   *     branch that cannot, or makes or loses money, see {@link BalancedBranch}
   */
  public CompletableFuture<Outcome> commitAsync() {
    CommitAttempt started = start();
    CompletableFuture<Outcome> told = context.told(started.answer());
    told.whenComplete(
        (done, failure) -> {
          if (told.isCancelled()) {
            context.execute(() -> started.giveUp(Reason.CANCELLED));
          }
        });
    return told;
  }

  /**
   * Completes when every branch of a transaction that was committed or aborted has ended, so that
   * what it did can be seen at each: soon after the outcome. That does not cost what {@link
   * Transactions#awaitVisible} does, and only the process that commits can wait for it.
   *
   * @return completes where {@link io.holdfast.spi.Callbacks} run; never, if the coordinator is
   *     closed before, or if a branch stays away. Wait for a bounded time
   * @throws IllegalStateException before it is committed
   */
  public synchronized CompletableFuture<Void> settled() {
    if (attempt == null) {
      throw new IllegalStateException("the transaction is not committed yet");
    }
    return context.told(
        attempt.id().isEmpty() ? attempt.answer().thenApply(one -> null) : attempt.settled());
  }

  /** As it goes on in the context. For {@link #commitAsync} and for tests that make every step. */
  CommitAttempt start() {
    CommitAttempt started = attempt();
    context.execute(started::start);
    return started;
  }

  private synchronized CommitAttempt attempt() {
    if (closed || attempt != null) {
      throw new IllegalStateException("the transaction is committed or closed already");
    }
    if (place == DecisionPlace.LAST_BRANCH
        && branches.size() > 1
        && !(branches.get(branches.size() - 1) instanceof DecidingBranch)) {
      throw new IllegalStateException("the last branch cannot keep a decision");
    }
    if (Voters.decide(place) && branches.size() > 1) {
      Voters.of(place, branches);
    }
    requireBalance();
    CommitAttempt made = committing.apply(List.copyOf(branches), place);
    attempt = made;
    return made;
  }

  private void requireBalance() {
    Map<String, BigInteger> sums = new TreeMap<>();
    for (Branch branch : branches) {
      if (branch instanceof BalancedBranch balanced) {
        balanced.sums().forEach((currency, sum) -> sums.merge(currency, sum, BigInteger::add));
      }
    }
    sums.values().removeIf(sum -> sum.signum() == 0);
    if (!sums.isEmpty()) {
      throw new IllegalStateException(
          "the postings of the transaction do not sum to zero but to "
              + sums.entrySet().stream()
                  .map(each -> (each.getValue() + " " + each.getKey()).strip())
                  .collect(Collectors.joining(" and "))
              + ": that makes or loses money. If the other side is outside, say so with"
              + " oneSidedBranch");
    }
  }

  /** Gives it up if it is not committed yet, and never undoes a commit. Idempotent. */
  @Override
  public void close() {
    List<Branch> left;
    synchronized (this) {
      left = closed || attempt != null ? List.of() : List.copyOf(branches);
      closed = true;
    }
    left.forEach(Branch::discard);
  }

  @Override
  public String toString() {
    return "transaction " + id().map(TransactionId::toString).orElse("without a name yet");
  }
}
