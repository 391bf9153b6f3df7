package io.holdfast.gateway.command;

import io.holdfast.cli.CommandProvider;
import java.util.List;

/** Adds {@code holdfast gateway}. */
public final class GatewayCommands implements CommandProvider {

  @Override
  public List<Class<?>> commands() {
    return List.of(GatewayCommand.class);
  }
}
