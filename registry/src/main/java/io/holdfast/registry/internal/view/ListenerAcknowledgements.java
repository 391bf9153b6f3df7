package io.holdfast.registry.internal.view;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What a view has to say of draining instances, held back until all its listeners are done with the
 * change that shows them so.
 *
 * <p>Used on the listener thread only.
 */
final class ListenerAcknowledgements {

  /** One that has to wait: for each listener, the change that it must be done with. */
  private record Pending(Map<ViewListener, Long> changes, Runnable say) {
    boolean isDue() {
      return changes.entrySet().stream().allMatch(one -> one.getKey().isDoneWith(one.getValue()));
    }
  }

  /** In order; of those that a listener that never ends holds up, the first and the last. */
  private final Deque<Pending> pending = new ArrayDeque<>();

  /** Runs {@code say} once the listeners are done with all that was delivered to them by now. */
  void await(Collection<ViewListener> listeners, Runnable say) {
    Map<ViewListener, Long> changes = new HashMap<>();
    listeners.forEach(listener -> changes.put(listener, listener.delivered()));
    if (pending.size() > 1) {
      pending.removeLast();
    }
    pending.add(new Pending(changes, say));
    advance();
  }

  /** A listener has come further, or is gone. */
  void advance() {
    while (!pending.isEmpty() && pending.getFirst().isDue()) {
      pending.removeFirst().say().run();
    }
  }
}
