"""The facts and verdicts of a census with polars: reads the columns from files, then times the rest."""

import sys
import time

import polars as pl

folder, rounds = sys.argv[1], int(sys.argv[2])
staff = pl.read_csv(f"{folder}/staff.csv", schema={"id": pl.UInt64, "email": pl.String, "active": pl.Boolean, "valid": pl.Boolean, "here": pl.Boolean}).rechunk()
users = pl.read_csv(f"{folder}/users.csv", schema={"id": pl.UInt64, "email": pl.String, "staff": pl.UInt64}).rechunk()


def verdicts():
    holders = users.lazy().select("email", holder="id")
    links = users.lazy().filter(pl.col("staff").is_not_null()).select("staff", linked="id")
    shared = staff.lazy().filter(pl.col("valid")).group_by("email").len("sharing")
    found = (
        staff.lazy()
        .join(holders, on="email", how="left", maintain_order="left")
        .join(links, left_on="id", right_on="staff", how="left", maintain_order="left")
        .join(shared, on="email", how="left", maintain_order="left")
    )
    valid = pl.col("valid")
    return found.select(
        reasons=pl.when(~pl.col("active")).then(1).otherwise(0)
        + pl.when(pl.col("linked").is_not_null()).then(2).otherwise(0)
        + pl.when(pl.col("email").is_null()).then(4).otherwise(0)
        + pl.when(pl.col("email").is_not_null() & ~valid).then(8).otherwise(0)
        + pl.when(valid & pl.col("holder").is_not_null()).then(16).otherwise(0),
        warnings=pl.when(~pl.col("here")).then(1).otherwise(0)
        + pl.when(valid & (pl.col("sharing") > 1)).then(2).otherwise(0),
    ).collect()


for _ in range(rounds):
    began = time.perf_counter()
    found = verdicts()
    seconds = time.perf_counter() - began
    print(seconds, found.filter(pl.col("reasons") == 0).height, found["reasons"].sum(), found["warnings"].sum(), flush=True)
