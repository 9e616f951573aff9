import { Link } from "wouter";
import { Title } from "../parts/Title";

export function MissingPage() {
  return (
    <div className="empty">
      <Title name="There is no such page" />
      <p>The address may be mistyped, or what was here is gone.</p>
      <Link className="button" href="/">
        See all products
      </Link>
    </div>
  );
}
