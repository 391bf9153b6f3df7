package io.holdfast.demo;

import io.holdfast.cli.CommandProvider;
import io.holdfast.demo.chaos.ChaosCommand;
import io.holdfast.demo.operators.CallersCommand;
import io.holdfast.demo.operators.CertsCommand;
import io.holdfast.demo.operators.ReconcileCommand;
import java.util.List;

/** The commands that start servers, judge histories, and see to a payment cluster. */
public final class DemoCommands implements CommandProvider {

  @Override
  public List<Class<?>> commands() {
    return List.of(
        DemoCommand.class,
        ChaosCommand.class,
        CallersCommand.class,
        CertsCommand.class,
        ReconcileCommand.class);
  }
}
