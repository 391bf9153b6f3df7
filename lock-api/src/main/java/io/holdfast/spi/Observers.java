package io.holdfast.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told of something, in the order in which they asked for it. What one of them throws is
 * logged; it keeps neither the others nor the teller from going on.
 *
 * <p>Safe for use by many threads. Observers are called by the thread that tells, without a lock.
 */
public final class Observers<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Observers.class);

  /**
   * One of them, between its neighbours: what costs least where there are many, and where any of
   * them may go at any time.
   */
  private final class Observing implements Runnable {
    private final Consumer<? super T> observer;
    private @Nullable Observing before;
    private @Nullable Observing after;
    private boolean there = true;

    private Observing(Consumer<? super T> observer) {
      this.observer = observer;
    }

    /** Stops it. */
    @Override
    public void run() {
      synchronized (Observers.this) {
        if (there) {
          leave(this);
        }
      }
    }
  }

  /** Guarded by this, as are its neighbours. */
  private @Nullable Observing first;

  private @Nullable Observing last;

  /** Written with the lock held; so that who only asks for it needs none. */
  private volatile boolean empty = true;

  /** Nobody yet. */
  public Observers() {}

  /**
   * From now on tells {@code observer}, too.
   *
   * @return stops it
   */
  public Runnable add(Consumer<? super T> observer) {
    Observing added = new Observing(observer);
    synchronized (this) {
      added.before = last;
      if (last == null) {
        first = added;
      } else {
        last.after = added;
      }
      last = added;
      empty = false;
    }
    return added;
  }

  private void leave(Observing gone) {
    Observing before = gone.before;
    Observing after = gone.after;
    gone.there = false;
    gone.before = null;
    gone.after = null;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.before = before;
    }
    empty = first == null;
  }

  /** Tells all who are there now. */
  public void tell(T news) {
    List<Consumer<? super T>> now = new ArrayList<>();
    synchronized (this) {
      for (Observing next = first; next != null; next = next.after) {
        now.add(next.observer);
      }
    }
    now.forEach(observer -> tell(observer, news));
  }

  /** Calls {@code observer}, and logs what it throws. */
  public static <T> void tell(Consumer<? super T> observer, T news) {
    try {
      observer.accept(news);
    } catch (RuntimeException | Error e) {
      LOG.error("an observer failed on {}; everything else goes on", news, e);
    }
  }

  /** Forgets them all. */
  public void clear() {
    synchronized (this) {
      for (Observing next = first; next != null; next = next.after) {
        next.there = false;
      }
      first = null;
      last = null;
      empty = true;
    }
  }

  /** True if nobody is to be told. */
  public boolean isEmpty() {
    return empty;
  }
}
