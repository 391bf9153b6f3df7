package io.holdfast.lock.internal.queue;

import io.holdfast.coordination.Key;
import io.holdfast.lock.internal.queue.LockMode.Kind;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * The position of a request for one or several locks: a place in each queue, as last read.
 *
 * <p>The places were taken in one step. So if two requests meet in several queues, the same one is
 * ahead in all of them, and waits never form a cycle. The places ahead only become fewer, so reads
 * of the queues at different times can be combined: an old read shows too many places ahead, never
 * too few.
 *
 * @param session the session of the places
 * @param places one or more, in the order of the claims
 * @param marks the marks that are deleted together with the places: see {@link CrashMarkers}
 * @param notCounted other places of the same holder, which it does not wait for
 */
public record QueuePosition(
    Session session, List<Place> places, List<Key> marks, Set<Key> notCounted) {

  public QueuePosition(Session session, List<Place> places) {
    this(session, places, List.of(), Set.of());
  }

  QueuePosition withMarks(List<Key> others) {
    return new QueuePosition(session, places, List.copyOf(others), notCounted);
  }

  public QueuePosition notCounting(Key other) {
    return new QueuePosition(session, places, marks, Set.of(other));
  }

  /**
   * Empty if every place is admitted; otherwise the members in the way of the first place that is
   * not.
   */
  List<Place.Member> inTheWay() {
    for (Place place : places) {
      List<Place.Member> inTheWay = inTheWay(place);
      if (!inTheWay.isEmpty()) {
        return inTheWay;
      }
    }
    return List.of();
  }

  private List<Place.Member> inTheWay(Place place) {
    return Admission.inTheWay(LockMode.parse(place.mode()), others(place), Place.Member::mode);
  }

  /**
   * A copy for waiting. It remembers only those members ahead that {@link #inTheWay} and {@link
   * #canBeOvertaken} need: many may wait in one queue, and each must not keep a copy of all of it.
   */
  QueuePosition toWaitWith() {
    return withPlaces(
        place ->
            place.claim().shown() == Claim.Shown.NEAREST
                ? place
                : place.withAhead(whoMatters(place), place.countAhead()));
  }

  private List<Place.Member> whoMatters(Place place) {
    List<Place.Member> inTheWay = inTheWay(place);
    if (LockMode.parse(place.mode()).kind() == Kind.READ) {
      return others(place).stream()
          .filter(member -> inTheWay.contains(member) || isUpgradable(member))
          .toList();
    }
    List<Place.Member> frontFirst = new ArrayList<>(inTheWay);
    Collections.reverse(frontFirst);
    return frontFirst;
  }

  /** A copy for holding, without the members ahead, which no longer matter. */
  public QueuePosition withoutOthers() {
    return withPlaces(place -> place.withAhead(List.of()));
  }

  private QueuePosition withPlaces(UnaryOperator<Place> change) {
    return new QueuePosition(session, places.stream().map(change).toList(), marks, notCounted);
  }

  /**
   * The members ahead of a place, without our other places: see {@link GrantHandle.Downgradable}.
   */
  private List<Place.Member> others(Place place) {
    if (places.size() == 1 && notCounted.isEmpty()) {
      return place.ahead();
    }
    return place.ahead().stream()
        .filter(member -> !notCounted.contains(member.key()))
        .filter(
            member ->
                member.key().equals(place.key())
                    || places.stream().noneMatch(own -> own.key().equals(member.key())))
        .toList();
  }

  /** The places to read, admitted or not, that have an upgradable place ahead. */
  private List<Place> behindUpgradables() {
    return places.stream()
        .filter(place -> LockMode.parse(place.mode()).kind() == Kind.READ)
        .filter(place -> others(place).stream().anyMatch(QueuePosition::isUpgradable))
        .toList();
  }

  private static boolean isUpgradable(Place.Member member) {
    return LockMode.parse(member.mode()).kind() == Kind.UPGRADABLE;
  }

  /** True if the members ahead do not decide alone: {@link #isOvertaken} must be asked too. */
  boolean canBeOvertaken() {
    return !behindUpgradables().isEmpty();
  }

  /**
   * Asks the leader whether a hold ahead has asked to upgrade: that place is behind ours, but goes
   * first. If there is none, and nobody is in our way, then every later upgrade sees our place: see
   * {@link io.holdfast.lock.internal.upgrade.UpgradableHold}.
   *
   * @return also true if a place of ours is gone; fails as {@link Session#names}
   */
  CompletableFuture<Boolean> isOvertaken() {
    CompletableFuture<Boolean> overtaken = CompletableFuture.completedFuture(false);
    for (Place place : behindUpgradables()) {
      overtaken =
          overtaken.thenCombine(
              session.names(place.queue(), Consistency.LINEARIZABLE),
              (before, names) ->
                  before
                      || !names.contains(place.key().name())
                      || names.stream().anyMatch(name -> isUpgrade(session.modeOf(name))));
    }
    return overtaken;
  }

  private static boolean isUpgrade(String mode) {
    return LockMode.parse(mode).kind() == Kind.UPGRADE;
  }

  /**
   * Waits until a member of {@link #inTheWay} has gone, and then reads the queue again; nothing can
   * improve before that. {@link #inTheWay} must not be empty. Cancelling it removes the watches.
   *
   * @return empty if a place was taken away; then the others have been left. Fails as {@link
   *     Session#refreshAfter}
   */
  CompletableFuture<Optional<QueuePosition>> moved() {
    List<Place.Member> inTheWay = inTheWay();
    if (places.size() > 1 || inTheWay.size() > 1) {
      CompletableFuture<Void> anyGone = anyGone(inTheWay);
      CompletableFuture<Optional<QueuePosition>> moved = anyGone.thenCompose(gone -> lookAgain());
      moved.whenComplete((found, failure) -> anyGone.cancel(false));
      return moved;
    }
    CompletableFuture<Optional<Place>> seen =
        session.refreshAfter(places.get(0), inTheWay.get(0).key());
    CompletableFuture<Optional<QueuePosition>> moved = seen.thenApply(this::unlessTakenAway);
    moved.whenComplete((found, failure) -> seen.cancel(false));
    return moved;
  }

  private Optional<QueuePosition> unlessTakenAway(Optional<Place> only) {
    if (only.isEmpty()) {
      leave();
    }
    return only.map(place -> new QueuePosition(session, List.of(place), List.of(), notCounted));
  }

  private CompletableFuture<Void> anyGone(List<Place.Member> members) {
    CompletableFuture<Void> anyGone = new CompletableFuture<>();
    List<CompletableFuture<Void>> watches =
        members.stream().map(member -> session.gone(member.key())).toList();
    for (CompletableFuture<Void> watch : watches) {
      watch.whenComplete(
          (gone, failure) -> {
            if (failure == null) {
              anyGone.complete(null);
            } else {
              anyGone.completeExceptionally(failure);
            }
          });
    }
    anyGone.whenComplete((gone, failure) -> watches.forEach(watch -> watch.cancel(false)));
    return anyGone;
  }

  /**
   * Reads all queues again.
   *
   * @return empty if a place was taken away; then the others have been left. Fails as {@link
   *     Session#refresh}
   */
  CompletableFuture<Optional<QueuePosition>> lookAgain() {
    CompletableFuture<Optional<QueuePosition>> seen =
        CompletableFuture.completedFuture(
            Optional.of(new QueuePosition(session, List.of(), List.of(), notCounted)));
    for (Place place : places) {
      seen =
          seen.thenCombine(
              session.refresh(place),
              (queuePosition, found) -> queuePosition.flatMap(before -> found.map(before::and)));
    }
    return seen.thenApply(
        queuePosition -> {
          if (queuePosition.isEmpty()) {
            leave();
          }
          return queuePosition;
        });
  }

  private QueuePosition and(Place place) {
    List<Place> more = new ArrayList<>(places);
    more.add(place);
    return new QueuePosition(session, List.copyOf(more), marks, notCounted);
  }

  /** A position with one of the places only, and its mark. */
  QueuePosition only(Place place) {
    List<Key> own = marks.stream().filter(mark -> CrashMarkers.isOf(mark, place.key())).toList();
    return new QueuePosition(session, List.of(place), own, notCounted);
  }

  /** Leaves every queue and deletes the marks in the same step; see {@link Session#leave}. */
  public CompletableFuture<Void> leave() {
    return marks.isEmpty() ? session.leave(places) : new PlaceRemoval(this).start();
  }
}
