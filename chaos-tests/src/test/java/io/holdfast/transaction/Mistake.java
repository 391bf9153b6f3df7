package io.holdfast.transaction;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Consistency;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Mistakes that a distributed commit may have; here to reach the rules that they break. */
public enum Mistake {
  /** None: what the others are compared with. */
  NONE,

  /** {@code PREPARE TRANSACTION} in a failed transaction counts as a yes: it throws nothing. */
  SKIPS_THE_TAG_CHECK,

  /** The first branch commits where it should prepare. */
  COMMITS_WHEN_ASKED_TO_PREPARE,

  DECIDES_BEFORE_ALL_HAVE_PREPARED {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        boolean mayDecide(List<@Nullable Vote> votes) {
          return votes.stream().anyMatch(Vote.PREPARED::equals);
        }
      };
    }
  },

  FORGETS_THE_EPOCH_CHECK {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        Transaction decision(Epoch epoch, long sequence, Payload decision) {
          return Transaction.EMPTY
              .require(new Transaction.Absent(epoch.decision(sequence)))
              .put(epoch.decision(sequence), decision);
        }
      };
    }
  },

  PRESUMES_COMMIT {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        boolean commitsUndecided() {
          return true;
        }
      };
    }
  },

  RESOLVES_BY_GUESS {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        boolean maySettle(boolean epochOpen) {
          return true;
        }
      };
    }
  },

  ACKNOWLEDGES_BEFORE_THE_DECISION {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        boolean acknowledgesBeforeDecision() {
          return true;
        }
      };
    }
  },

  FORGETS_BEFORE_THE_END {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        boolean forgetsBeforeEnd() {
          return true;
        }
      };
    }
  },

  /** What is tried, confirmed and cancelled is noted after the work, not with it. */
  LEAVES_THE_BARRIER_OUT {
    @Override
    public List<Means> means() {
      return List.of(Means.TCC);
    }
  },

  /** A message whose answer was lost is delivered again, and the receiver does it again. */
  RELAYS_TWICE_WITHOUT_AN_INBOX {
    @Override
    public List<Means> means() {
      return List.of(Means.MESSAGES);
    }
  },

  /** What a dead coordinator has prepared stays. */
  SETTLES_NOTHING_OF_OTHERS {
    @Override
    CommitRules rules() {
      return new CommitRules() {
        @Override
        boolean maySettle(boolean epochOpen) {
          return false;
        }
      };
    }
  };

  /** By what money can be moved. */
  public enum Means {
    TWO_PHASES,
    TCC,
    MESSAGES
  }

  CommitRules rules() {
    return CommitRules.SOUND;
  }

  /** By which of them clients move money, so that it shows. */
  public List<Means> means() {
    return this == NONE ? List.of(Means.values()) : List.of(Means.TWO_PHASES);
  }

  /** Transactions that make it. */
  public Transactions transactions(
      Coordinator coordinator, Duration timeout, List<? extends Participant> participants) {
    TransactionOptions options =
        TransactionOptions.defaults().withTimeout(timeout).withSweep(Duration.ofMillis(200));
    return new Transactions(coordinator, options, participants, rules());
  }

  /** Closes every epoch, as somebody does who takes its coordinator for dead. */
  public static void closeEpochs(Coordinator coordinator)
      throws InterruptedException, ExecutionException, TimeoutException {
    coordinator
        .session()
        .thenCompose(
            session ->
                session
                    .names(Epoch.OPEN, Consistency.LINEARIZABLE)
                    .thenCompose(
                        open ->
                            CompletableFuture.allOf(
                                open.stream()
                                    .flatMap(name -> Epoch.parse(name).stream())
                                    .map(
                                        epoch ->
                                            Decisions.close(
                                                session,
                                                epoch,
                                                coordinator
                                                    .options()
                                                    .owner()
                                                    .since(Instant.now())
                                                    .encode(),
                                                List.of()))
                                    .toArray(CompletableFuture[]::new))))
        .get(20, TimeUnit.SECONDS);
  }
}
