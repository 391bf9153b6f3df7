package io.holdfast.transaction.jdbc;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Owner;
import io.holdfast.transaction.DecisionPlace;
import io.holdfast.transaction.Outcome;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.TransactionOptions;
import io.holdfast.transaction.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A process that moves money from one database to the other, several times at once: each transfer
 * stops in the middle, at another place. When all have got there, it dies.
 */
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

    DecisionPlace place() {
      return place;
    }

    /** Each has one of its own. */
    String account(String test) {
      return test + "-" + name();
    }
  }

  static final int STATUS = 77;
  static final Duration SESSION = Duration.ofSeconds(4);

  /** A machine that is busy with other things gets there, too. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private DoomedProcess() {}

  /** The cluster, both databases, the name of the test, and where to halt. */
  public static void main(String[] arguments) throws Exception {
    Coordinator coordinator = Coordinator.connect(arguments[0], options("doomed"));
    List<Halt> halts = Stream.of(arguments[4].split(",", -1)).map(Halt::valueOf).toList();
    CountDownLatch toHalt = new CountDownLatch(halts.size());
    for (Halt halt : halts) {
      begin(halt, coordinator, arguments, toHalt)
          .thenAccept(outcome -> System.out.println(halt + ": " + outcome));
    }
    toHalt.await();
    Runtime.getRuntime().halt(STATUS);
  }

  private static CompletableFuture<Outcome> begin(
      Halt halt, Coordinator coordinator, String[] arguments, CountDownLatch toHalt)
      throws Exception {
    Accounts first = Accounts.at(arguments[1]);
    Accounts second = Accounts.at(arguments[2]);
    String account = halt.account(arguments[3]);
    AtomicInteger votes = new AtomicInteger();
    Meddling from = new Doomed(first.participant("first"), true, halt, votes, toHalt);
    Meddling to = new Doomed(second.participant("second"), false, halt, votes, toHalt);
    Transactions transactions =
        new Transactions(
            coordinator, TransactionOptions.defaults().withTimeout(PATIENCE), List.of(from, to));
    return transactions
        .begin()
        .decidedIn(halt.place())
        .enlist(from.branch(first.change(from.real(), account, -30)))
        .enlist(to.branch(second.change(to.real(), account, 30)))
        .commitAsync();
  }

  static CoordinatorOptions options(String name) {
    return CoordinatorOptions.defaults()
        .withSessionTimeout(SESSION)
        .withOwner(Owner.thisProcess(name));
  }

  /** Threads that get to the place stay there. */
  private static final class Doomed extends Meddling {
    private final boolean first;
    private final Halt halt;
    private final AtomicInteger votes;
    private final CountDownLatch toHalt;

    Doomed(Participant real, boolean first, Halt halt, AtomicInteger votes, CountDownLatch toHalt) {
      super(real);
      this.first = first;
      this.halt = halt;
      this.votes = votes;
      this.toHalt = toHalt;
    }

    private void arrive() {
      toHalt.countDown();
      stay();
    }

    private static void stay() {
      new CompletableFuture<Void>().join();
    }

    @Override
    void beforePrepare() {
      if (halt == Halt.ONE_PREPARED && !first) {
        stay();
      }
    }

    @Override
    void prepared() {
      if (halt == Halt.ONE_PREPARED || halt == Halt.LAST_BRANCH_TO_COME) {
        arrive();
      } else if (halt == Halt.ALL_PREPARED) {
        if (votes.incrementAndGet() == 2) {
          arrive();
        }
        stay();
      }
    }

    @Override
    void beforeCommit() {
      if (halt == Halt.DECIDED && first) {
        arrive();
      } else if (halt == Halt.DECIDED || (halt == Halt.ONE_COMMITTED && !first)) {
        stay();
      }
    }

    @Override
    void decided() {
      arrive();
    }

    @Override
    void committed() {
      arrive();
    }
  }
}
