package io.holdfast.registry.internal.view;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.Backoff;
import io.holdfast.spi.Context;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the cluster which services this process views, and which draining instances its views no
 * longer offer. A {@code Drain} elsewhere reads it.
 *
 * <pre>
 *   view       announce ──► watch ──► shows x as DRAINING ──► listeners told ──► passed(x, r)
 *   drain                        x is DRAINING at r ──► reads the announcements ──► waits for r
 * </pre>
 *
 * <p>A view announces itself <em>before</em> it begins to watch. So a view that is missing when a
 * drain reads the announcements begins from a state that is later than the drain; all others are
 * waited for. If the announcement cannot be written, the view begins all the same, for showing
 * something matters more, and begins anew once it is written.
 *
 * <p>What several views have to say goes in one transaction: a word that changes nothing about the
 * announcement waits {@link #GATHER} for others, and for the write that is under way. Words are
 * said only when a view begins or ends, and when instances begin or end to drain.
 *
 * <p>Everything happens in the coordinator's context.
 */
public final class ViewAnnouncements {

  private static final Logger LOG = LoggerFactory.getLogger(ViewAnnouncements.class);
  private static final Key DIRECTORY = Key.of("viewers");
  private static final Duration GATHER = Duration.ofMillis(10);
  private static final int MOST_AT_ONCE = 50;

  private final Context context;
  private final Coordinator coordinator;
  private final Backoff backoff;

  /** This process, across its sessions. */
  private final String client = UUID.randomUUID().toString();

  private final Map<Key, Slot> slots = new HashMap<>();
  private @Nullable Session session;
  private boolean busy;
  private boolean gathering;

  /** One view's announcement. */
  private static final class Slot {
    final Object view;

    /** Null once the view has ended. */
    @Nullable ViewAnnouncement wanted;

    /** What this session has put last; null if that is not known, or nothing. */
    @Nullable ViewAnnouncement written;

    /** False if this session has surely nothing there. */
    boolean mayBeThere;

    /** Runs when it is announced. */
    Runnable announced = () -> {};

    Slot(Object view) {
      this.view = view;
    }

    boolean isAsWanted() {
      return wanted == null ? !mayBeThere : wanted.equals(written);
    }
  }

  public ViewAnnouncements(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.context = coordinator.context();
    this.backoff = new Backoff(context.random());
  }

  /**
   * Where the viewers of a service announce themselves: below {@code viewers/<service>}, or for a
   * foreign format below its whole directory in one segment. No name of a service holds a colon.
   */
  public static Key of(String service, RegistryFormat format) {
    Key directory = format.directory(service);
    return DIRECTORY.child(directory.isAbsolute() ? directory.path().replace('/', ':') : service);
  }

  /**
   * Announces a view in a session.
   *
   * @param place as {@link #of} gives it
   * @param view whose it is, to tell one that ends from its successor
   * @param showing what it shows now
   * @param begin runs when it is announced; before, and then again, if that takes several tries
   */
  public void join(Session on, Key place, Object view, ServiceSnapshot showing, Runnable begin) {
    if (session != on) {
      session = on;
      busy = false;
      slots.values().removeIf(slot -> slot.wanted == null);
      slots
          .values()
          .forEach(
              slot -> {
                slot.written = null;
                slot.mayBeThere = false;
              });
    }
    Slot slot = slots.get(place);
    Map<String, Revision> passed = Map.of();
    if (slot != null && slot.view == view && slot.wanted != null) {
      passed = slot.wanted.passed();
    } else {
      boolean mayBeThere = slot != null && slot.mayBeThere;
      slot = new Slot(view);
      slot.mayBeThere = mayBeThere;
      slots.put(place, slot);
    }
    slot.wanted =
        new ViewAnnouncement(
            coordinator.options().owner(), showing.isEmpty(), showing.revision(), passed);
    slot.announced = begin;
    context.execute(this::flush);
  }

  /** All listeners of the view are done with the change that these instances are draining. */
  public void passed(Key place, Object view, Revision shows, Map<String, Revision> draining) {
    Slot slot = slots.get(place);
    if (slot != null && slot.view == view && slot.wanted != null) {
      slot.wanted = slot.wanted.further(shows, draining);
      flushSoon();
    }
  }

  /** The view has ended. */
  public void leave(Key place, Object view) {
    Slot slot = slots.get(place);
    if (slot != null && slot.view == view) {
      slot.wanted = null;
      slot.announced = () -> {};
      flush();
    }
  }

  private void flushSoon() {
    if (!gathering) {
      gathering = true;
      context.schedule(
          GATHER,
          () -> {
            gathering = false;
            flush();
          });
    }
  }

  private void flush() {
    Session now = session;
    if (busy || now == null) {
      return;
    }
    slots.values().removeIf(slot -> slot.wanted == null && !slot.mayBeThere);
    Map<Key, Slot> unsaid = new LinkedHashMap<>();
    slots.forEach(
        (place, slot) -> {
          if (!slot.isAsWanted() && unsaid.size() < MOST_AT_ONCE) {
            unsaid.put(place, slot);
          }
        });
    if (!unsaid.isEmpty()) {
      say(now, unsaid);
    }
  }

  private void say(Session now, Map<Key, Slot> unsaid) {
    Transaction words = Transaction.EMPTY;
    Map<Slot, ViewAnnouncement> said = new LinkedHashMap<>();
    for (Map.Entry<Key, Slot> one : unsaid.entrySet()) {
      Key key = one.getKey().child(client);
      ViewAnnouncement wanted = one.getValue().wanted;
      if (wanted == null) {
        words = words.delete(key);
      } else {
        words = words.putForSession(key, wanted.encode());
        said.put(one.getValue(), wanted);
        one.getValue().mayBeThere = true;
      }
    }
    busy = true;
    now.commit(words)
        .whenComplete(
            (done, failure) -> {
              if (now == session) {
                busy = false;
                if (failure == null) {
                  heard(unsaid, said);
                } else {
                  unheard(unsaid, failure);
                }
              }
            });
  }

  private void heard(Map<Key, Slot> unsaid, Map<Slot, ViewAnnouncement> said) {
    backoff.reset();
    for (Slot slot : unsaid.values()) {
      slot.written = said.get(slot);
      slot.mayBeThere = slot.written != null;
      begin(slot);
    }
    flush();
  }

  private static void begin(Slot slot) {
    Runnable announced = slot.announced;
    slot.announced = () -> {};
    announced.run();
  }

  private void unheard(Map<Key, Slot> unsaid, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof SessionLostException) {
      return;
    }
    boolean isOutage =
        coordinator.current().filter(now -> now.state() == SessionState.ACTIVE).isEmpty();
    LOG.atLevel(isOutage ? Level.DEBUG : Level.WARN)
        .log("cannot announce the views of {} yet: {}", unsaid.keySet(), cause.getMessage());
    for (Slot slot : unsaid.values()) {
      Runnable announced = slot.announced;
      announced.run();
      // It may have taken effect; said again, it does no harm.
      slot.announced = announced;
    }
    context.schedule(backoff.next(), this::flush);
  }
}
