package io.holdfast.lock.internal.upgrade;

import io.holdfast.coordination.CoordinationEvent.WaitEnding;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.UpgradeRefusedException;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.Admission;
import io.holdfast.lock.internal.queue.Backoff;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockEvents;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.LockMode.Kind;
import io.holdfast.lock.internal.queue.NotFreeException;
import io.holdfast.lock.internal.queue.OwnerDetails;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.lock.internal.queue.QueuePosition;
import io.holdfast.lock.internal.queue.QueueWait;
import io.holdfast.lock.internal.queue.WaitForm;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One upgrade of an {@link UpgradableHold}, from the call to the grant. That class explains the
 * algorithm and why it is safe.
 *
 * <p>The place is joined only while the hold's places exist and the generation of its token is
 * current. If the place vanishes, it is taken again on the same conditions, unless an operator
 * removed it. When the session ends, the hold ends, and with it the upgrade.
 *
 * <p>Lives in the coordinator's context; only {@link #outcome} is visible from outside. The first
 * to complete it wins.
 */
final class Upgrade implements QueueWait.Ending {

  private final UpgradableHold hold;
  private final LockClaim claim;
  private final Coordinator coordinator;
  private final Context context;
  private final Session session;
  private final Key own;
  private final Key ownRead;
  private final WaitForm form;
  private final OwnerDetails details;
  private final LockEvents report;
  private final CompletableFuture<UpgradedGrant> outcome = new CompletableFuture<>();

  /** This and all fields below are used in the context only. */
  private int failures;

  private boolean over;

  /** Set once joined. */
  private @Nullable QueuePosition queuePosition;

  /** Set once it is known which places to wait for. */
  private @Nullable QueueWait queueWait;

  private FencingToken token;
  private int aheadAtJoin;

  /**
   * An upgrade that {@link #start} begins.
   *
   * @param reading the hold's place to upgrade, and the one to read
   * @param claim the claim for the place to write
   */
  Upgrade(
      UpgradableHold hold,
      QueueGrant reading,
      LockClaim claim,
      Coordinator coordinator,
      WaitForm form,
      OwnerDetails details) {
    this.hold = hold;
    this.claim = claim;
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.session = reading.session();
    this.own = reading.taken().get(0).key();
    this.ownRead = reading.taken().get(1).key();
    this.form = form;
    this.details = details;
    this.report = new LockEvents(List.of(claim), coordinator);
    this.token = hold.token();
  }

  /** Begins; completes as {@link Acquisition#start()}. */
  CompletableFuture<UpgradedGrant> start() {
    outcome.whenComplete(
        (writing, failure) -> {
          if (failure != null) {
            hold.over(this);
          }
          if (outcome.isCancelled()) {
            context.execute(this::giveUp);
          }
        });
    context.execute(form == WaitForm.TRY ? () -> look(Consistency.SEQUENTIAL) : this::join);
    return outcome;
  }

  /** The hold has ended. */
  void holdOver() {
    context.execute(() -> fail(hold.notHeld()));
  }

  /**
   * Reads first, so that a {@code tryUpgrade} while others hold costs the cluster no write and
   * makes nobody wait. Only a read from the leader can refuse it.
   */
  private void look(Consistency consistency) {
    session
        .list(claim.queue(), consistency)
        .whenComplete(
            (queue, failure) -> {
              if (over) {
                return;
              }
              if (failure != null) {
                failed(Acquisition.unwrap(failure));
              } else if (Admission.inTheWay(claim.mode(), others(queue.entries()), this::modeOf)
                  .isEmpty()) {
                join();
              } else if (consistency == Consistency.SEQUENTIAL) {
                look(Consistency.LINEARIZABLE);
              } else {
                fail(new NotFreeException());
              }
            });
  }

  private List<Entry> others(List<Entry> entries) {
    return entries.stream()
        .filter(entry -> !entry.key().equals(ownRead) && session.isPlace(entry.key().name()))
        .toList();
  }

  private String modeOf(Entry entry) {
    return session.modeOf(entry.key().name());
  }

  private void join() {
    if (over) {
      return;
    }
    Generation generation = new Generation(hold.token().generation());
    Payload owner = details.of(coordinator.options().owner(), session, generation).encode();
    session
        .join(List.of(claim.claim()), List.of(generation.key(), own, ownRead), owner)
        .whenComplete(
            (places, failure) -> {
              if (failure != null) {
                notJoined(Acquisition.unwrap(failure));
              } else {
                joined(new QueuePosition(session, places).notCounting(ownRead));
              }
            });
  }

  private void notJoined(Throwable cause) {
    if (Acquisition.passesByItself(cause) && form != WaitForm.TRY) {
      context.schedule(Backoff.pause(failures++, context.random()), this::join);
    } else if (cause instanceof GuardFailedException) {
      fail(
          new UpgradeRefusedException(
              "lock "
                  + claim.name()
                  + ": the hold is no longer there, or the generation of tokens was raised"));
    } else {
      failed(cause);
    }
  }

  private void joined(QueuePosition taken) {
    if (over) {
      taken.leave();
      return;
    }
    failures = 0;
    queuePosition = taken;
    Place place = taken.places().get(0);
    List<Place.Member> ahead =
        place.ahead().stream().filter(member -> !member.key().equals(ownRead)).toList();
    aheadAtJoin = ahead.size();
    if (Admission.holders(ahead, Place.Member::mode) == ahead.size()) {
      token = nextToken(place.created());
      await(taken);
    } else {
      survey(taken, place);
    }
  }

  /** Others wait. Their turn comes later, and they must get greater tokens. */
  private void survey(QueuePosition taken, Place place) {
    session
        .list(place.queue(), Consistency.LINEARIZABLE)
        .whenComplete(
            (queue, failure) -> {
              if (over) {
                return;
              }
              Throwable cause = failure == null ? null : Acquisition.unwrap(failure);
              if (cause instanceof UnavailableException) {
                context.schedule(
                    Backoff.pause(failures++, context.random()),
                    () -> {
                      if (!over) {
                        survey(taken, place);
                      }
                    });
              } else if (cause != null) {
                failed(cause);
              } else {
                List<Entry> ahead =
                    others(queue.entries()).stream()
                        .takeWhile(entry -> entry.created().compareTo(place.created()) < 0)
                        .toList();
                surveyed(taken, ahead);
              }
            });
  }

  private void surveyed(QueuePosition taken, List<Entry> ahead) {
    if (ahead.stream().noneMatch(entry -> entry.key().equals(own))) {
      fail(hold.notHeld());
      return;
    }
    List<Entry> waiting = ahead.subList(Admission.holders(ahead, this::modeOf), ahead.size());
    if (waiting.stream().anyMatch(this::isForeignReader)) {
      fail(
          new UpgradeRefusedException(
              "lock "
                  + claim.name()
                  + ": a reader of another program waits, and might come in while we write"));
      return;
    }
    token =
        waiting.isEmpty()
            ? nextToken(taken.places().get(0).created())
            : tokenBelow(waiting.get(0).created());
    await(taken);
  }

  private boolean isForeignReader(Entry entry) {
    return LockMode.parse(modeOf(entry)).kind() == Kind.READ && !OwnerDetails.areOurs(entry);
  }

  private FencingToken nextToken(Revision created) {
    return new FencingToken(hold.token().generation(), created, 0);
  }

  private FencingToken tokenBelow(Revision waiting) {
    FencingToken before = hold.token();
    FencingToken below =
        new FencingToken(before.generation(), new Revision(waiting.value() - 1), 1);
    return below.compareTo(before) > 0 ? below : before.handedOver(before.handover() + 1);
  }

  private void await(QueuePosition taken) {
    QueueWait next = new QueueWait(taken, List.of(claim), form, coordinator, this);
    queueWait = next;
    next.begin();
  }

  @Override
  public void admitted(QueuePosition holding) {
    if (holding.places().get(0).ahead().stream().noneMatch(member -> member.key().equals(own))) {
      holding.leave();
      fail(hold.notHeld());
      return;
    }
    over = true;
    QueueGrant grant =
        new QueueGrant(
            List.of(claim.name()), holding.withoutOthers(), token, claim.config().closing());
    grant.watchOwnPlaces();
    report.waitEnded(WaitEnding.ACQUIRED, List.of(aheadAtJoin));
    report.follow(grant);
    Optional<UpgradedGrant> writing = hold.admitted(this, grant);
    complete(
        () -> {
          if (writing.isEmpty()) {
            outcome.completeExceptionally(hold.notHeld());
          } else if (!outcome.complete(writing.get())) {
            writing.get().release();
          }
        });
  }

  @Override
  public void queueAgain() {
    queuePosition = null;
    queueWait = null;
    join();
  }

  @Override
  public void failed(Throwable cause) {
    fail(cause instanceof SessionLostException ? hold.notHeld() : cause);
  }

  private void fail(Throwable cause) {
    if (!over) {
      report.waitFailed(cause, List.of(aheadAtJoin));
      end();
      // This comes first: code that is told of the failure may start a new upgrade at once.
      hold.over(this);
      complete(() -> outcome.completeExceptionally(cause));
    }
  }

  private void complete(Runnable completion) {
    if (form == WaitForm.ASYNC) {
      context.callbacks().execute(completion);
    } else {
      completion.run();
    }
  }

  private void giveUp() {
    if (!over) {
      report.waitEnded(WaitEnding.GIVEN_UP, List.of(aheadAtJoin));
      end();
    }
  }

  private void end() {
    over = true;
    if (queueWait != null) {
      queueWait.giveUp();
    } else if (queuePosition != null) {
      queuePosition.leave();
    }
  }
}
