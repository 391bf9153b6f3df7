package io.holdfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ObserversTest {

  private final Observers<String> observers = new Observers<>();
  private final List<String> told = new ArrayList<>();

  @Test
  void tell_oneThrows_tellsTheOthersInOrder() {
    observers.add(news -> told.add("first " + news));
    observers.add(
        news -> {
          throw new IllegalStateException("thrown on purpose");
        });
    observers.add(news -> told.add("third " + news));

    observers.tell("news");

    assertThat(told).containsExactly("first news", "third news");
  }

  @Test
  void add_sameObserverTwice_eachIsStoppedByItself() {
    Consumer<String> observer = told::add;
    Runnable stop = observers.add(observer);
    observers.add(observer);

    stop.run();
    stop.run();
    observers.tell("news");

    assertThat(told).containsExactly("news");
    assertThat(observers.isEmpty()).isFalse();
  }

  @Test
  void tell_observerStopsItself_isNotToldAgain() {
    List<Runnable> stop = new ArrayList<>();
    stop.add(
        observers.add(
            news -> {
              told.add(news);
              stop.get(0).run();
            }));

    observers.tell("one");
    observers.tell("two");

    assertThat(told).containsExactly("one");
    assertThat(observers.isEmpty()).isTrue();
  }
}
