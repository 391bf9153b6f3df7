package io.holdfast.registry;

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
final class Acknowledgements {

  /** One that has to wait: for each listener, the change that he must be done with. */
  private record Pending(Map<Listener, Long> changes, Runnable say) {
    boolean isDue() {
      return changes.entrySet().stream().allMatch(one -> one.getKey().isDoneWith(one.getValue()));
    }
  }

  /** In order; of those that a listener who never ends holds up, the first and the last. */
  private final Deque<Pending> pending = new ArrayDeque<>();

  /** Runs {@code say} once the listeners are done with all that was delivered to them by now. */
  void await(Collection<Listener> listeners, Runnable say) {
    Map<Listener, Long> changes = new HashMap<>();
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
