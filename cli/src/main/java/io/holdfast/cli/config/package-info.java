/** The commands below {@code holdfast config}. {@link ConfigCommand} lists them. */
@NullMarked
package io.holdfast.cli.config;

import org.jspecify.annotations.NullMarked;
