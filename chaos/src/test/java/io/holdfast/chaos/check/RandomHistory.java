package io.holdfast.chaos.check;

import io.holdfast.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small histories of a plain register, most of them almost right. */
final class RandomHistory {

  private RandomHistory() {}

  /** Threads that write and read a few values, with answers that now and then cannot be. */
  static List<List<Operation>> threads(long seed) {
    Random random = new Random(seed);
    String value = "0";
    long time = 0;
    List<List<Operation>> threads = new ArrayList<>();
    long[] free = new long[2 + random.nextInt(2)];
    for (int i = 0; i < free.length; i++) {
      threads.add(new ArrayList<>());
    }
    for (int i = 0; i < 4 + random.nextInt(5); i++) {
      time += 10;
      int thread = random.nextInt(free.length);
      long call = Math.max(free[thread] + 1, time - random.nextInt(25));
      long end = Math.max(call + 1, time) + random.nextInt(25);
      free[thread] = end;
      if (random.nextBoolean()) {
        value = Integer.toString(random.nextInt(3));
        threads.get(thread).add(operation(i, thread, "write", value, call, end));
      } else {
        String seen = random.nextInt(5) == 0 ? Integer.toString(random.nextInt(3)) : value;
        threads.get(thread).add(operation(i, thread, "read", seen, call, end));
      }
    }
    return threads;
  }

  private static Operation operation(
      int i, int thread, String action, String value, long call, long end) {
    Map<String, String> values = Map.of("value", value);
    boolean write = action.equals("write");
    return new Operation(
        "o" + i,
        "t" + thread,
        "plain/a",
        action,
        write ? values : Map.of(),
        write ? Map.of() : values,
        call,
        end);
  }
}
