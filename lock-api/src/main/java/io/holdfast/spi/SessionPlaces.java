package io.holdfast.spi;

import io.holdfast.coordination.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * For backends: where a session stands, and who of it waits behind one of its own places. Of the
 * end of its own place a session learns without a watch, by leaving it or by missing it.
 *
 * <p>If the place ahead was the first, its end makes the next one the first, and nobody need be
 * asked who else is ahead. Used in the session's context only.
 */
public final class SessionPlaces {

  private final Map<Key, Own> places = new HashMap<>();

  /** By queue, how many the session has not been asked to leave. */
  private final Map<Key, Integer> standing = new HashMap<>();

  /** How a place ended, as far as those behind it are concerned. */
  public enum Ending {
    /** It was the first. */
    WAS_FIRST,
    /** Others may have been ahead of it. */
    MAY_HAVE_WAITED
  }

  /** Somebody who waits behind a place of the session. */
  public interface Waiter {

    /** The place ahead is now the first. Called at most once, before {@link #ended}. */
    default void isNext() {}

    /** The place ahead is gone. Called once, unless the waiter was taken away first. */
    void ended(Ending ending);
  }

  private static final class Own {
    private final Key key;
    private final boolean oneOfSeveral;
    private boolean watched;
    private boolean first;
    private boolean leaving;
    private @Nullable List<Waiter> behind;

    private Own(Key key, boolean oneOfSeveral) {
      this.key = key;
      this.oneOfSeveral = oneOfSeveral;
    }
  }

  /** The session has taken places, in one join. */
  public void taken(List<Place> together) {
    for (Place place : together) {
      Own own = new Own(place.key(), together.size() > 1);
      if (places.putIfAbsent(place.key(), own) == null) {
        standing.merge(place.queue(), 1, Integer::sum);
      }
    }
  }

  /** A look has shown nobody ahead of a place; nobody will ever be again. */
  public void isFirst(Key place) {
    Own own = places.get(place);
    if (own != null && !own.first) {
      own.first = true;
      List<Waiter> behind = own.behind;
      if (behind != null) {
        List.copyOf(behind).forEach(Waiter::isNext);
      }
    }
  }

  /** The session is about to leave a place. */
  public void leaving(Key place) {
    Own own = places.get(place);
    if (own != null && !own.leaving) {
      own.leaving = true;
      oneLess(place.parent());
    }
  }

  /** The place is certainly not there any more. */
  public void gone(Key place) {
    Own own = places.remove(place);
    if (own == null) {
      return;
    }
    if (!own.leaving) {
      oneLess(place.parent());
    }
    List<Waiter> behind = own.behind;
    if (behind != null) {
      Ending ending = own.first ? Ending.WAS_FIRST : Ending.MAY_HAVE_WAITED;
      List.copyOf(behind).forEach(waiter -> waiter.ended(ending));
    }
  }

  private void oneLess(Key queue) {
    standing.computeIfPresent(
        queue, (key, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }

  /** True if the session stands there, and has not been asked to leave. */
  public boolean has(Key place) {
    Own own = places.get(place);
    return own != null && !own.leaving;
  }

  /** True if the session has no place that it has not been asked to leave. */
  public boolean isEmpty() {
    return standing.isEmpty();
  }

  /** True if the session has a place in a queue that it has not been asked to leave. */
  public boolean standsIn(Key queue) {
    return standing.containsKey(queue);
  }

  /**
   * The same, where the keys of the session's own places are not kept twice; in a list that has no
   * array if it is a short one.
   */
  public Place sparing(Place seen) {
    List<Place.Member> ahead =
        seen.ahead().stream()
            .map(member -> new Place.Member(sparing(member.key()), member.mode()))
            .collect(Collectors.toUnmodifiableList());
    return seen.withAhead(ahead, seen.countAhead());
  }

  private Key sparing(Key key) {
    Own own = places.get(key);
    return own == null ? key : own.key;
  }

  /**
   * True if a place of the session has to be watched from now on, for {@link #gone}, because one
   * more waits behind it; at most once for each place.
   *
   * <p>Somebody else may take it away. The session would notice that by itself when whoever that
   * place waits for has gone. This is soon enough for one who waits for everybody ahead: so it is
   * not for one who does not, nor behind one of several places, which may wait in another queue.
   */
  public boolean hasToBeWatched(Key ahead, Place waiting) {
    Own own = places.get(ahead);
    if (own == null || own.watched) {
      return false;
    }
    boolean noticedInTime =
        waiting.claim().shown() == Claim.Shown.NEAREST
            && !own.oneOfSeveral
            && !ahead.equals(waiting.key());
    if (noticedInTime) {
      return false;
    }
    own.watched = true;
    return true;
  }

  /**
   * Waits for the end of a place of the session.
   *
   * @return takes the waiter away; empty if it is no place of the session's
   */
  public Optional<Runnable> whenGone(Key place, Waiter waiter) {
    Own own = places.get(place);
    if (own == null) {
      return Optional.empty();
    }
    List<Waiter> behind = own.behind == null ? new ArrayList<>(1) : own.behind;
    own.behind = behind;
    behind.add(waiter);
    if (own.first) {
      waiter.isNext();
    }
    return Optional.of(() -> behind.remove(waiter));
  }
}
