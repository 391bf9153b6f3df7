package io.holdfast.demo;

import io.holdfast.cli.CommandProvider;
import io.holdfast.demo.chaos.ChaosCommand;
import java.util.List;

/** The commands that start servers and judge histories. */
public final class DemoCommands implements CommandProvider {

  @Override
  public List<Class<?>> commands() {
    return List.of(DemoCommand.class, ChaosCommand.class);
  }
}
