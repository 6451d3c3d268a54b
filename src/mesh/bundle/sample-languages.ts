// The samples of a bundle: what each needs, and how it is run. Their sources are in samples/ of this package, one folder a language.

export interface SampleLanguage {
  readonly name: string;
  /** In samples/. */
  readonly folder: string;
  /** Of that folder. */
  readonly files: readonly string[];
  readonly library: string;
  readonly needs: string;
  /** Once; '' for nothing. */
  readonly prepare: string;
  readonly run: string;
  /** A sentence; '' for none. */
  readonly note: string;
}

export const sampleLanguages: readonly SampleLanguage[] = [
  {
    name: 'JavaScript',
    folder: 'javascript',
    files: ['package.json', 'sample.js'],
    library: 'rhea',
    needs: 'Node 20 or later',
    prepare: 'npm install',
    run: 'node sample.js WORDS',
    note: '',
  },
  {
    name: 'Python',
    folder: 'python',
    files: ['requirements.txt', 'sample.py'],
    library: 'Qpid Proton',
    needs: 'Python 3.8 or later',
    prepare: 'pip install -r requirements.txt',
    run: 'python3 sample.py WORDS',
    note: 'On Debian and Ubuntu the package `python3-qpid-proton` is all that the Python sample needs.',
  },
  {
    name: 'Java',
    folder: 'java',
    files: ['pom.xml', 'src/main/java/Sample.java'],
    library: 'Qpid JMS',
    needs: 'JDK 17 or later, Maven',
    prepare: 'mvn -q package',
    run: 'java -jar target/sample.jar WORDS',
    note: '',
  },
  {
    name: 'Go',
    folder: 'go',
    files: ['go.mod', 'go.sum', 'main.go'],
    library: 'go-amqp',
    needs: 'Go 1.18 or later',
    prepare: 'go build -o sample .',
    run: './sample WORDS',
    note: '',
  },
  {
    name: 'C#',
    folder: 'csharp',
    files: ['Program.cs', 'sample.csproj'],
    library: 'AMQPNetLite',
    needs: '.NET SDK 8 or later',
    prepare: 'dotnet build -o out',
    run: 'dotnet out/sample.dll WORDS',
    note: 'The samples in JavaScript, Python, Java and Go are run against a mesh by the tests of Weft. The one in C# is run where a .NET SDK is found, and **was not run for this version**: it was checked against the sources of its library.',
  },
];
