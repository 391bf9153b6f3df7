package io.holdfast.coordination;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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

  /** Each by a key of its own, so that it is found quickly among many. Guarded by itself. */
  private final Map<Object, Consumer<? super T>> observers = new LinkedHashMap<>();

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
    Object key = new Object();
    synchronized (observers) {
      observers.put(key, observer);
      empty = false;
    }
    return () -> {
      synchronized (observers) {
        observers.remove(key);
        empty = observers.isEmpty();
      }
    };
  }

  /** Tells all who are there now. */
  public void tell(T news) {
    List<Consumer<? super T>> now;
    synchronized (observers) {
      now = List.copyOf(observers.values());
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
    synchronized (observers) {
      observers.clear();
      empty = true;
    }
  }

  /** True if nobody is to be told. */
  public boolean isEmpty() {
    return empty;
  }
}
