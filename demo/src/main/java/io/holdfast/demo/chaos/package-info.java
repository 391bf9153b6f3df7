/**
 * {@code holdfast chaos}: judges the histories that chaos runs recorded. {@code ChaosCommand} names
 * its subcommands.
 */
@NullMarked
package io.holdfast.demo.chaos;

import org.jspecify.annotations.NullMarked;
