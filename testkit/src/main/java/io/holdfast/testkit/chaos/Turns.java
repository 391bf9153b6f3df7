package io.holdfast.testkit.chaos;

import io.holdfast.lock.Locks;
import java.io.IOException;
import java.util.Random;

/** Takes locks, one turn after the other. */
final class Turns implements Workload.Task {

  private final Scene scene;
  private final Wishes wishes;

  Turns(Scene scene, Wishes wishes) {
    this.scene = scene;
    this.wishes = wishes;
  }

  @Override
  public void run() throws IOException, InterruptedException {
    Locks locks = new Locks(scene.coordinator());
    Random random = scene.random(wishes.name());
    try (RegisterClient register =
        new RegisterClient(scene.register(), scene.client(), scene.recorder())) {
      Turn turn = new Turn(scene.recorder(), register, random);
      while (!scene.over().getAsBoolean()) {
        turn.take(wishes.next(locks, random));
      }
    }
  }
}
