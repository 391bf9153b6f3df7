package io.holdfast.payment.ledger.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.payment.ledger.Deadline;
import io.holdfast.payment.ledger.ExpiredException;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {

  private static final FencingToken OURS = FencingToken.of(new Revision(1));
  private static final FencingToken LATER = FencingToken.of(new Revision(2));

  private static Lane lane(LaneWorker.Source source) {
    return new Lane("a", 2, source, "node", Duration.ofSeconds(5), InstantSource.system());
  }

  private static void prepared(Lane lane, int shard, String branch) {
    ShardBooks books = new ShardBooks(shard, 0, new byte[0], new NothingThere(), Map.of());
    books.putBranch(
        new ShardBooks.BranchRow(
            branch,
            Instant.EPOCH,
            new BranchBody(
                new BranchBody.Head("transfer", "anna", "a-1", "k", "{}"),
                List.of(),
                Claims.NONE,
                List.of(),
                Optional.empty(),
                Map.of("a-1", 5L),
                Map.of(),
                LocalDate.EPOCH)));
    lane.branches().committed(books, OURS);
  }

  /** The batch may have ended the branch, and be committed: to end it again would book it twice. */
  @Test
  void batch_endsWithAnErrorOfTheProgram_nothingIsKnownOfBranchesWithoutTheirRows() {
    try (Lane lane =
        lane(
            () -> {
              throw new OutOfMemoryError("for a test");
            })) {
      lane.own(7, OURS);
      prepared(lane, 7, "b");
      assertThat(lane.branches().find("b", OURS)).isPresent();

      CompletableFuture<Boolean> ended = lane.add(new Settlement(7, "b", true));

      assertThatThrownBy(() -> ended.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(OutcomeUnknownException.class);
      assertThat(lane.branches().find("b", OURS)).isEmpty();
    }
  }

  /** Others end its branches: nobody would ever take them out of memory. */
  @Test
  void disown_ofAShard_forgetsItsBranches() {
    try (Lane lane =
        lane(
            () -> {
              throw new SQLException("never asked");
            })) {
      lane.own(7, OURS);
      prepared(lane, 7, "b");
      lane.own(7, OURS);
      assertThat(lane.branches().find("b", OURS)).isPresent();
      lane.disown(7, OURS);
      assertThat(lane.branches().find("b", OURS)).isEmpty();

      prepared(lane, 7, "b");
      lane.own(7, LATER);
      assertThat(lane.branches().find("b", OURS)).isEmpty();
    }
  }

  /** Say somebody's session keeps the row of a shard: the others are not to wait for that. */
  @Test
  void add_whileABatchOfAnotherShardIsStuck_isDone() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger opened = new AtomicInteger();
    try (Lane lane =
        lane(
            () -> {
              if (opened.getAndIncrement() == 0) {
                begun.countDown();
                await(end);
              }
              throw new SQLException("no connection", "08001");
            })) {
      lane.own(1, OURS);
      lane.own(2, OURS);
      CompletableFuture<Boolean> stuck = lane.add(new Settlement(1, "b", true));
      await(begun); // else both may be of one batch
      CompletableFuture<Boolean> other = lane.add(new Settlement(2, "c", true));

      // The first of them is not over before the end.
      CompletableFuture.anyOf(
              stuck.handle((done, failure) -> 1), other.handle((done, failure) -> 2))
          .get(30, TimeUnit.SECONDS);
      assertThat(end.getCount()).isOne();
      end.countDown();
    }
  }

  /** A hot shard has as many tasks waiting as may be; what was promised in it ends all the same. */
  @Test
  void add_ofASettlementWhereTooMuchWaits_isLetIn() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Lane lane =
        lane(
            () -> {
              begun.countDown();
              await(end);
              throw new SQLException("no connection", "08001");
            })) {
      lane.own(1, OURS);
      lane.add(new Timed(Deadline.NONE));
      await(begun); // from then on all of the shard waits
      List<CompletableFuture<Boolean>> asked =
          IntStream.range(0, 2_000).mapToObj(i -> lane.add(new Timed(Deadline.NONE))).toList();
      assertThat(asked).anyMatch(CompletableFuture::isCompletedExceptionally);

      CompletableFuture<Boolean> settled = lane.add(new Settlement(1, "b", true));

      assertThat(settled).isNotDone();
      assertThat(lane.add(new Timed(Deadline.NONE))).isCompletedExceptionally();
      end.countDown();
      assertThatThrownBy(() -> settled.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LedgerUnavailableException.class);
    }
  }

  /** Does nothing, if it is begun in time. */
  private static final class Timed extends Task<Boolean> {
    private final Deadline deadline;

    Timed(Deadline deadline) {
      super(1);
      this.deadline = deadline;
    }

    @Override
    Wanted wanted() {
      return new Wanted(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    @Override
    Deadline deadline() {
      return deadline;
    }

    @Override
    Boolean apply(ShardBooks books, Moment moment) {
      return true;
    }
  }

  /** Whoever asked has gone by then; but a branch has to end however late it is. */
  @Test
  void batch_takesWhatHasWaitedTooLong_isNotBegun() throws Exception {
    AtomicLong nanos = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Lane lane =
        lane(
            () -> {
              begun.countDown();
              await(end);
              throw new SQLException("no connection", "08001");
            })) {
      lane.own(1, OURS);
      CompletableFuture<Boolean> first =
          lane.add(new Timed(Deadline.in(Duration.ofSeconds(1), nanos::get)));
      await(begun);
      CompletableFuture<Boolean> late =
          lane.add(new Timed(Deadline.in(Duration.ofSeconds(1), nanos::get)));
      CompletableFuture<Boolean> inTime =
          lane.add(new Timed(Deadline.in(Duration.ofSeconds(2), nanos::get)));
      CompletableFuture<Boolean> settlement = lane.add(new Settlement(1, "b", true));
      nanos.set(Duration.ofSeconds(1).toNanos());
      end.countDown();

      assertThatThrownBy(() -> late.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(ExpiredException.class);
      for (CompletableFuture<Boolean> each : List.of(first, inTime, settlement)) {
        assertThatThrownBy(() -> each.get(60, TimeUnit.SECONDS))
            .hasCauseInstanceOf(LedgerUnavailableException.class);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
