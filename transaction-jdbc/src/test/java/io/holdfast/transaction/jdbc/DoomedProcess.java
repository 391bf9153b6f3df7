package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.DistributedTransaction;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that moves money from one database to the other, and halts in the middle of it. */
final class DoomedProcess {

  /** Where. */
  enum Halt {
    ONE_PREPARED(false),
    ALL_PREPARED(false),
    DECIDED(true),
    ONE_COMMITTED(true),
    LAST_BRANCH_TO_COME(false, DecisionPlace.LAST_BRANCH),
    LAST_BRANCH_COMMITTED(true, DecisionPlace.LAST_BRANCH);

    private final boolean commits;
    private final DecisionPlace place;

    Halt(boolean commits) {
      this(commits, DecisionPlace.CLUSTER);
    }

    Halt(boolean commits, DecisionPlace place) {
      this.commits = commits;
      this.place = place;
    }

    boolean commits() {
      return commits;
    }
  }

  static final int STATUS = 77;
  private static final int MOST_TRIES = 5;
  static final Duration SESSION = Duration.ofSeconds(4);

  private DoomedProcess() {}

  /** The cluster, both databases, the account in both, and where to halt. */
  public static void main(String[] arguments) throws Exception {
    String account = arguments[3];
    Halt halt = Halt.valueOf(arguments[4]);
    Coordinator coordinator = Coordinator.connect(arguments[0], options("doomed"));
    AtomicInteger votes = new AtomicInteger();
    Meddling first = new Doomed("first", arguments[1], halt, votes);
    Meddling second = new Doomed("second", arguments[2], halt, votes);
    Transactions transactions = new Transactions(coordinator, List.of(first, second));
    // One that is aborted, by a machine too slow for its time-out, does not get to that place.
    for (int i = 0; i < MOST_TRIES; i++) {
      try (DistributedTransaction transfer = transactions.begin().decidedIn(halt.place)) {
        transfer.enlist(first.branch(Transfers.change(account, -30)));
        transfer.enlist(second.branch(Transfers.change(account, 30)));
        Outcome outcome = transfer.commit();
        System.out.println(outcome);
        if (outcome instanceof Outcome.Committed) {
          break;
        }
      }
    }
    new CountDownLatch(1).await();
  }

  static CoordinatorOptions options(String name) {
    return CoordinatorOptions.defaults()
        .withSessionTimeout(SESSION)
        .withOwner(Owner.thisProcess(name));
  }

  private static final class Doomed extends Meddling {
    private final Halt halt;
    private final AtomicInteger votes;

    Doomed(String name, String url, Halt halt, AtomicInteger votes) throws Exception {
      super(Transfers.participant(name, url));
      this.halt = halt;
      this.votes = votes;
    }

    private static void die() {
      Runtime.getRuntime().halt(STATUS);
    }

    @Override
    void prepared() {
      int vote = votes.incrementAndGet();
      if (halt == Halt.ONE_PREPARED
          || halt == Halt.LAST_BRANCH_TO_COME
          || (halt == Halt.ALL_PREPARED && vote == 2)) {
        die();
      }
    }

    @Override
    void beforeCommit() {
      if (halt == Halt.DECIDED) {
        die();
      }
    }

    @Override
    void decided() {
      die();
    }

    @Override
    void committed() {
      die();
    }
  }
}
