package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ObserversTest {

  private final Observers<String> observers = new Observers<>();
  private final List<String> told = new ArrayList<>();

  private Runnable add(String name) {
    return observers.add(news -> told.add(name + news));
  }

  private List<String> tell() {
    told.clear();
    observers.tell("!");
    return told;
  }

  @Test
  void tell_several_inTheOrderOfTheirComing() {
    add("a");
    add("b");
    add("c");
    assertThat(tell()).containsExactly("a!", "b!", "c!");
    assertThat(observers.isEmpty()).isFalse();
  }

  @Test
  void stop_anyOrder_leavesTheOthers() {
    Random random = new Random(1);
    List<String> names = new ArrayList<>();
    List<Runnable> stops = new ArrayList<>();
    for (int step = 0; step < 2_000; step++) {
      if (random.nextInt(3) > 0) {
        names.add("n" + step);
        stops.add(add("n" + step));
      } else if (!names.isEmpty()) {
        int gone = random.nextInt(names.size());
        names.remove(gone);
        Runnable stop = stops.remove(gone);
        stop.run();
        stop.run();
      }
      if (random.nextInt(200) == 0) {
        observers.clear();
        stops.forEach(Runnable::run);
        names.clear();
        stops.clear();
      }
      assertThat(observers.isEmpty()).isEqualTo(names.isEmpty());
    }
    assertThat(tell()).containsExactlyElementsOf(names.stream().map(name -> name + "!").toList());
  }

  @Test
  void tell_oneStopsAnother_isHarmless() {
    Runnable[] stop = new Runnable[1];
    observers.add(news -> stop[0].run());
    stop[0] = add("b");
    tell();
    assertThat(tell()).isEmpty();
  }
}
